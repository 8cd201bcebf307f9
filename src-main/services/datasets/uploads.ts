/** Files that a browser sends in pieces, kept in the workspace until they were imported. */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { withStoreErrors } from "#main/store/database.ts";

export class Uploads {
  readonly #folder: string;
  /** What the files are called where they come from. */
  readonly #names = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What an earlier host left half sent. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The name only says what the file is called; where it lies is ours alone. */
  begin(name: string): string {
    const ending = /\.[a-z0-9]{1,8}$/i.exec(name)?.[0].toLowerCase() ?? "";
    const id = `${randomUUID()}${ending}`;
    withStoreErrors(() => {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(join(this.#folder, id), "");
    });
    this.#names.set(id, name);
    return id;
  }

  /** What people call the file. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** Gives the bytes that are there. A piece that was sent before is taken as read. Throws BAD_INPUT, NOT_FOUND. */
  append(id: string, offset: number, bytes: Uint8Array): number {
    const path = this.pathOf(id);
    const { size } = statSync(path);
    if (offset + bytes.byteLength <= size) return size;
    if (offset !== size) {
      throw new AppError(
        "BAD_INPUT",
        `The next piece of the file begins at ${size}, and one for ${offset} came.`,
        "Send the file again.",
      );
    }
    withStoreErrors(() => {
      const fd = openSync(path, "a");
      try {
        writeSync(fd, bytes);
      } finally {
        closeSync(fd);
      }
    });
    return size + bytes.byteLength;
  }

  /** Throws NOT_FOUND. */
  pathOf(id: string): string {
    const known = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    if (known.includes(id)) return join(this.#folder, id);
    throw new AppError(
      "NOT_FOUND",
      "That file was not sent, or was imported already.",
      "Send it again.",
    );
  }

  /** After an import. */
  remove(id: string): void {
    rmSync(this.pathOf(id), { force: true });
    this.#names.delete(id);
  }
}
