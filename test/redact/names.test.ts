import assert from "node:assert/strict";
import { secretNature } from "../../src/redact/names.ts";

describe("secretNature", () => {
  const secret =
    "password PASSWORD dbPassword db_passwd passphrase pgpassword MYSQL_PWD dbpass DB_PASS SSHPASS ansible_become_pass token authToken access_token clientSecret API_KEY apikey x-api-key AWS_SECRET_ACCESS_KEY accountKey authkey -Dpassword password2 TOKEN_1 api_key_base64 psk pw _auth setcookie";
  for (const name of secret.split(" ")) it(`takes ${name} for the name of a secret`, () => assert.equal(secretNature(name), "secret"));

  for (const name of ["private_key", "ssh-private-key", "credentials", "signing-key", "PWD"]) {
    it(`takes ${name} for a secret unless its value is a path`, () => assert.equal(secretNature(name), "unlessPath"));
  }

  const harmless =
    "key primary-key public_key keyboard tokenizer tokens max_tokens password-file passwordFile token_ttl TOKEN_URL AWS_ACCESS_KEY_ID pass-through passwordless bypass compass highpass secretary secret-name user auth author path";
  for (const name of harmless.split(" ")) it(`leaves ${name} alone`, () => assert.equal(secretNature(name), undefined));
});
