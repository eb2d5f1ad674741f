import assert from "node:assert/strict";
import { secretNature } from "../../src/redact/names.ts";

describe("secretNature", () => {
  const secret =
    "password PASSWORD dbPassword db_passwd passphrase pgpassword MYSQL_PWD dbpass DB_PASS SSHPASS ansible_become_pass token authToken access_token clientSecret API_KEY apikey x-api-key AWS_SECRET_ACCESS_KEY accountKey authkey -Dpassword password2 TOKEN_1 api_key_base64 psk pw _auth setcookie tokens apiKeys DB_PSW SECRET_KEY_BASE DB_PASSWORD_V2_BLUE passwort contrasena otp pin vault-key mfa_code";
  for (const name of secret.split(" ")) it(`takes ${name} for the name of a secret`, () => assert.equal(secretNature(name), "secret"));

  for (const name of ["private_key", "ssh-private-key", "credentials", "signing-key", "PWD"]) {
    it(`takes ${name} for a secret unless its value is a path`, () => assert.equal(secretNature(name), "unlessPath"));
  }

  for (const name of ["key", "auth", "SOME_KEY", "sid", "session_id", "secret_id", "salt", "signature"]) {
    it(`takes ${name} for a secret only if its value looks random`, () => assert.equal(secretNature(name), "ifRandom"));
  }

  const harmless =
    "primary-key routing_key hotkey public_key keyboard tokenizer max_tokens start-token render-pass password-file passwordFile token_ttl TOKEN_URL AWS_ACCESS_KEY_ID pass-through passwordless bypass compass highpass secretary secret-name user author path opinion session-timeout";
  for (const name of harmless.split(" ")) it(`leaves ${name} alone`, () => assert.equal(secretNature(name), undefined));
});
