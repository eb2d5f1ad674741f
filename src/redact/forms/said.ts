/** What programs and people say, and what clients send. */
import type { Form } from "./form.ts";

/** Words that say what a password is, not which one: `the password is stored`, `invalid`, `too short`. */
const saysHow =
  "(?!(?:too|not|now|in\\w*|un\\w*|weak|strong|wrong|correct|empty|about|set|safe|secure|secret|the|an?|no|ok|good|bad|valid|reset|kept|sent|one|it|only|also|" +
  "still|never|always|long|short|default|case-sensitive|at|by|for|from|on|of|to|shown|known|given|old|new|what|that|\\w{2,16}(?:ed|ing|able|ible|ory|ary|ent|ant|" +
  "ous|ful|less|ly|ic|al|en))(?![\\w-]))";
/** Nouns behind "password" that make one word of both: `password authentication`. */
const noNoun =
  "(?!(?:auth\\w*|login\\w*|files?|hash\\w*|protect\\w*|reset\\w*|change[sd]?|only|manage\\w*|stor\\w*|polic\\w*|and|or|for|is|was|has|from|prompt\\w*|lengths?|in|to|fields?|inputs?|" +
  "rules?|rotation|recover\\w*|hints?|strength|expir\\w*|generat\\w*|vaults?|based|less|dialog|forms?|sync\\w*|databases?|encrypt\\w*|security|agents?|services?|grants?|flows?|modes?|" +
  "types?|columns?|tables?|variables?|param\\w*|options?|settings?|checks?|complex\\w*|attempts?|updates?|verif\\w*|valid\\w*|requirements?|aging|ageing|age|entry|entries|box|of|on|at|" +
  "with|via|by|that|which|you|we|they|it|spray\\w*|crack\\w*|guess\\w*|required|support|access|when|if|as|yes|no)(?![\\w-]))";
const secretNoun = "(?:password|passphrase|passcode|passwd|passwort|kennwort)";
const said = "(?!-)[\"'`]?([^\\s\"'`,;)]{4,128}?)[\"'`]?";

/** Their forms. */
export const saidForms: readonly Form[] = [
  {
    of: "SMTP, FTP, IRC",
    needs: "pass |auth |oper |identify",
    spaced: true,
    pattern:
      /(?:^|[>\]:]\s{0,4})(?:PASS|AUTH\s{1,4}(?:LOGIN|PLAIN|CRAM-MD5|XOAUTH2)|OPER\s{1,4}\S{1,64}|IDENTIFY)\s{1,4}(?!\S{0,200}\/\S{0,200}\.\w)(\S{3,512})\s{0,4}$/dg,
  },
  {
    of: "FTP, said by its server",
    needs: "pass ",
    spaced: true,
    pattern: /["'](?:USER \S{1,64}; )?PASS\s{1,4}([^\s"']{3,512})["']/dg,
  },
  { of: "a table", needs: "|", pattern: /\|\s{0,16}["']?([\w .-]{3,64}?)["']?\s{0,64}\|\s{0,16}([^\s|]{3,256})\s{0,64}\|/dg, named: true },
  {
    of: "a sentence",
    needs: "pass|secret|token|pin|key",
    pattern:
      /(?:password|passphrase|passcode|secret|token|pin|passwort|(?:api|access|account|license|recovery|auth|signing|encryption)[ _-]?key)[\w '"@./-]{0,64}?(?:\sis|\sto|:)\s{0,4}:?\s{0,4}["']?(\S{4,256}?)["'.]?\s{0,4}$/dgi,
    random: true,
  },
  {
    of: "a sentence",
    needs: "pass|secret|token|key|credential",
    pattern:
      /(?:password|passphrase|passcode|secret|token|(?:api|access|license|product|subscription)[ _-]?key|credentials?)\s{1,4}["']?(\S{6,256}?)["',.;)]{0,3}(?:\s|$)/dgi,
    random: true,
  },
  {
    of: "Vault",
    needs: "unseal|recovery key",
    spaced: true,
    pattern: /(?:unseal|recovery)\s{1,4}key(?:\s{1,4}(?:share\s{1,4})?\d{1,3})?:\s{1,4}(\S{20,256})/dgi,
  },
  { of: "Asterisk", needs: "set secret", spaced: true, pattern: /set\s{1,4}secret\s{1,4}(\S{3,128})/dg },
  {
    of: "a sentence",
    needs: "password|passwd|passphrase",
    spaced: true,
    pattern:
      /(?:with|using)\s{1,4}(?:the\s)?(?:password|passwd|passphrase)\s{1,4}(?!(?:auth\w{0,16}|login|file|hash\w{0,4}|protection|reset|change|only|manager|store|policy|and|or|for|is|was|has|from|prompt|length|in|to)\b)["']?([^\s"',;:)]{4,128})["']?[.,;)]{0,2}\s{0,2}$/dgi,
  },
  {
    of: "a sentence",
    needs: "code",
    spaced: true,
    pattern:
      /(?:verification|one[- ]?time|security|login|sign-in|confirmation|access|auth\w{0,12}|2fa|mfa|otp|sms|recovery|pairing)\s{1,4}(?:pass)?code(?:\s{1,4}for\s{1,4}\S{1,64})?(?:\s{1,4}is:?|:)\s{0,4}["']?((?=[\w-]{0,10}\d)[\w-]{4,12})\b/dgi,
  },
  {
    of: "a sentence",
    needs: "password",
    spaced: true,
    pattern:
      /(?:temporary|generated|initial|new|default|one-time|your|root|admin\w{0,12}|auto-?generated)\s[\w ]{0,40}password[\w @.()'-]{0,80}:\s{1,4}(\S{4,128})\s{0,4}$/dgi,
  },
  {
    of: "a sentence",
    needs: "password for",
    spaced: true,
    pattern: /password\s{1,4}for\s{1,4}[\w @.()'`"-]{1,80}(?::|\sis:?|=)\s{1,4}["']?([^\s"']{4,128})["']?\.?\s{0,4}$/dgi,
  },
  {
    of: "a sentence",
    needs: "passwort|kennwort|passe|contrase|wachtwoord|senha",
    spaced: true,
    pattern:
      /(?:(?:passwort|kennwort|wachtwoord)\s{1,4}(?:lautet|ist|is)|mot\sde\spasse(?:\s{1,4}est)?|contrase\S{1,2}a\s{1,4}es|senha\s{1,4}[eé])\s{0,4}:?\s{1,4}["']?([^\s"']{4,128})["'.]{0,2}\s{0,4}$/dgi,
  },
  {
    of: "a sentence",
    needs: "password is",
    spaced: true,
    pattern:
      /(?:your|my|default|initial|temporary|current|new|root|admin)\s(?:\w{2,12}\s)?password\sis:?\s(?!(?:too|not|now|in\w*|un\w*|weak|strong|wrong|correct|empty|about|set|safe|secure|the|no|ok|good|bad|valid|reset|hidden|blank|\w{2,16}(?:ed|ing))(?![\w-]))["']?([^\s"',]{4,128}?)["'.]{0,2}(?:\s{0,4}(?:\(.{0,80})?$|,\s)/dgi,
  },
  {
    of: "a sentence",
    needs: "password is|password was|password changed|password set|password reset|password updated|password has",
    spaced: true,
    pattern:
      /password\s(?:(?:has\sbeen\s|was\s|is\s)?(?:now\s)?(?:changed|set|reset|updated)\sto|is|was)(?:\snow)?:?\s{1,4}["'`]([^\s"'`]{4,128})["'`]/dgi,
  },
  {
    of: "a sentence",
    needs: "password",
    spaced: true,
    pattern:
      /password\s(?:(?:of|for)\s\S{1,64}\s)?(?:has\sbeen\s|was\s|is\s)?(?:changed|set|reset|updated)\sto:?\s{1,4}(?!(?:the|your|its?|a|an|be|default|expire\w*|never)\b)([^\s"'`]{4,128}?)\.?\s{0,4}$/dgi,
  },
  {
    of: "a sentence",
    needs: "credentials",
    spaced: true,
    pattern:
      /(?:default|initial|admin|login|root)\scredentials?\s?(?:are|is)?:?\s{1,4}["'`]?[\w.@-]{1,64}["'`]?\s?[/:]\s?["'`]?([^\s"'`/]{4,128})/dgi,
  },
  {
    of: "a sentence",
    needs: "pass|kennwort",
    spaced: true,
    pattern: new RegExp(
      `${secretNoun}\\s(?:is|was|lautet|ist):?\\s{1,4}${saysHow}${said}[.!]{0,2}(?=\\s{0,4}$|,|\\s(?:today|now|for|until|and|from|on|at)\\s?)`,
      "dgi",
    ),
  },
  {
    of: "a sentence",
    needs: "pass|kennwort",
    spaced: true,
    pattern: new RegExp(
      `(?:with|using|use|enter|type|try|and|gave|got|tried|sent|[/,])\\s{1,4}(?:the\\s|an?\\s|this\\s)?(?:new\\s|old\\s|same\\s)?${secretNoun}\\s{1,4}${noNoun}${said}(?=[.,;)]{0,2}\\s{0,4}$|\\s(?:to|for|and|at|on|in|as|instead)\\s|[.,;)]\\s)`,
      "dgi",
    ),
  },
  {
    of: "a sentence",
    needs: "pass|kennwort",
    spaced: true,
    pattern: new RegExp(
      `(?:set|chang\\w{1,3}|reset|updat\\w{1,3}|rotated?)\\s(?:\\S{1,64}\\s){0,2}${secretNoun}\\s(?:(?:of|for|on)\\s(?:user\\s)?\\S{1,64}\\s)?to:?\\s{1,4}${saysHow}${said}(?=[.,;)]{0,2}\\s{0,4}$|\\s(?:for|on|of|at|and|in)\\s)`,
      "dgi",
    ),
  },
  {
    of: "a sentence",
    needs: "pin |pin:|passcode",
    spaced: true,
    pattern: /(?<!\w)(?:pin|passcode)(?:\s(?:code|number))?\s?(?:is|was|:|=)\s{0,4}(\d{4,10})(?![\w.])/dgi,
  },
  {
    of: "a sentence",
    needs: "credentials",
    spaced: true,
    pattern:
      /credentials(?:\sfor\s\S{1,64})?(?::|\sare:?|\swere:?)\s{1,4}["'`]?[\w.@-]{1,64}["'`]?\s{0,2}[/:,]\s{0,2}["'`]?([^\s"'`/,]{4,128})/dgi,
  },
  {
    of: "a sentence",
    needs: "log",
    spaced: true,
    pattern:
      /(?<![\w-])log(?:ged)?[ -]?in(?:\s(?:with|as|using|via):?|:)\s{1,4}["'`]?[\w.@-]{1,64}["'`]?\s{0,2}[/:]\s{0,2}(?!group|\w{1,32}=)["'`]?([^\s"'`/,]{4,128})/dgi,
  },
  {
    of: "a sentence",
    needs: "otp |passcode ",
    spaced: true,
    pattern: /(?<!\w)(?:OTP|passcode)\s{1,4}(?:is:?\s|was\s)?["']?(\d{4,8})(?![\w.:])/dg,
  },
];
