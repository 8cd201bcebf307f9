/**
 * Keys of endpoints: one file that only its owner can read, in the platform's configuration folder, sealed by the
 * system's keychain where the shell offers one. Never in the database, a log or an answer of the contract.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { withStoreErrors } from "#main/store/database.ts";

/** The system's keychain, as Electron's safeStorage gives it. */
export interface KeyCipher {
  /** To text that can be written to a file. */
  seal(key: string): string;
  open(sealed: string): string;
}

const Stored = z.record(
  z.string(),
  z.strictObject({ form: z.enum(["plain", "sealed"]), value: z.string() }),
);
type Stored = z.infer<typeof Stored>;

export class KeyFile {
  readonly #path: string;
  readonly #cipher: KeyCipher | undefined;

  /** @param folder is made, for its owner alone, when the first key is kept */
  constructor(folder: string, cipher?: KeyCipher) {
    this.#path = join(folder, "keys.json");
    this.#cipher = cipher;
  }

  has(id: string): boolean {
    return id in this.#read();
  }

  /** Throws NOT_ALLOWED where it was sealed by a keychain that is not here. */
  get(id: string): string | undefined {
    const entry = this.#read()[id];
    if (entry === undefined) return undefined;
    if (entry.form === "plain") return entry.value;
    if (this.#cipher !== undefined) return this.#cipher.open(entry.value);
    throw new AppError(
      "NOT_ALLOWED",
      "The key was sealed by the desktop application's keychain, which this host cannot open.",
      "Enter the key again in the settings, or use the desktop application.",
    );
  }

  set(id: string, key: string): void {
    const entry: Stored[string] =
      this.#cipher === undefined
        ? { form: "plain", value: key }
        : { form: "sealed", value: this.#cipher.seal(key) };
    this.#write({ ...this.#read(), [id]: entry });
  }

  delete(id: string): void {
    const { [id]: gone, ...rest } = this.#read();
    if (gone !== undefined) this.#write(rest);
  }

  #read(): Stored {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
      throw this.#unreadable(error);
    }
    try {
      return Stored.parse(JSON.parse(text));
    } catch {
      // What is wrong with it may quote a key: the cause is left out.
      throw this.#unreadable(undefined);
    }
  }

  #unreadable(cause: unknown): AppError {
    return new AppError(
      "CONFLICT",
      `The file of keys, ${this.#path}, cannot be read.`,
      "Make it readable for you again, or remove it and enter the keys anew.",
      { cause },
    );
  }

  #write(keys: Stored): void {
    withStoreErrors(() => {
      const folder = dirname(this.#path);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const partial = `${this.#path}.part`;
      // The mode counts only where the file is made.
      rmSync(partial, { force: true });
      writeFileSync(partial, JSON.stringify(keys), { mode: 0o600, flush: true });
      chmodSync(partial, 0o600);
      renameSync(partial, this.#path);
    });
  }
}
