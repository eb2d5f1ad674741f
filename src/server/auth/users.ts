/** Users with a name and a password: whether it is right, remembered for as long as the file says the same. */
import { createHash } from "node:crypto";
import type { Scope } from "../../model/scopes.ts";
import type { ComparePassword } from "./passwords.ts";

/** A user who has shown the password. */
interface KnownUser {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

interface UsersOptions {
  /** The hashes, as the file says them now. */
  readonly hashes: () => ReadonlyMap<string, string>;
  readonly scopes: ReadonlyMap<string, readonly Scope[]>;
  readonly compare: ComparePassword;
}

const usualScopes: readonly Scope[] = ["read"];
const mostRemembered = 100;
/** Says who users are. */
export class Users {
  readonly #options: UsersOptions;
  /** Digests of name, hash and password that were found to fit. */
  readonly #right = new Set<string>();

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  /** Somebody is listed: nobody else is let in without a token. */
  get areThere(): boolean {
    return this.#options.hashes().size > 0;
  }

  /** What a user may do, however it has shown who it is. */
  named(name: string): KnownUser {
    return { name, scopes: this.#options.scopes.get(name) ?? usualScopes };
  }

  /** One whose password was compared before: found without any work. */
  remembered(name: string, password: string): KnownUser | undefined {
    const hash = this.#options.hashes().get(name);
    return hash !== undefined && this.#right.has(digest(name, hash, password)) ? this.named(name) : undefined;
  }

  /** What a password was held against; another one, or none, ends what it was good for. */
  hashOf(name: string): string | undefined {
    return this.#options.hashes().get(name);
  }

  /** Compares the password. @throws TooManyPasswords */
  async find(name: string, password: string): Promise<KnownUser | undefined> {
    const hashes = this.#options.hashes();
    const hash = hashes.get(name);
    // a name that there is not takes as long as one that there is, whatever their hashes cost
    const [anybodys = ""] = hashes.values();
    const fits = await this.#options.compare(password, hash ?? anybodys);
    if (!fits || hash === undefined) return undefined;
    for (const oldest of this.#right) {
      if (this.#right.size < mostRemembered) break;
      this.#right.delete(oldest);
    }
    this.#right.add(digest(name, hash, password));
    return this.named(name);
  }
}

function digest(name: string, hash: string, password: string): string {
  return createHash("sha256")
    .update(JSON.stringify([name, hash, password]))
    .digest("base64");
}
