/** Endpoints and their keys together. */
import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors.ts";
import { isLinkLocal, LINK_LOCAL_WORDS } from "#shared/link-local.ts";
import type { Endpoint, EndpointFields } from "#shared/schema/endpoint.ts";
import type { StoredEndpoint } from "#main/store/repositories/endpoint-repository.ts";
import type { Store } from "#main/store/store.ts";
import type { KeyFile } from "./key-file.ts";

export class Endpoints {
  readonly #store: Store;
  readonly #keys: KeyFile;
  readonly #now: () => number;

  constructor(store: Store, keys: KeyFile, now: () => number) {
    this.#store = store;
    this.#keys = keys;
    this.#now = now;
  }

  list(): Endpoint[] {
    return this.#store.endpoints.list().map((stored) => this.#withHasKey(stored));
  }

  /** Throws NOT_FOUND. */
  get(id: string): Endpoint {
    const found = this.#store.endpoints.get(id);
    if (found !== undefined) return this.#withHasKey(found);
    throw new AppError(
      "NOT_FOUND",
      `There is no endpoint "${id}".`,
      "Settings → Endpoints lists those there are.",
    );
  }

  /** By its name, as recipes have it, or its id. Throws NOT_FOUND, and CONFLICT where several have the name. */
  named(name: string): Endpoint {
    const all = this.list();
    const [found, ...others] = all.filter((one) => one.id === name || one.name === name);
    if (found === undefined)
      throw new AppError(
        "NOT_FOUND",
        `There is no endpoint "${name}".`,
        all.length === 0
          ? "Settings → Endpoints adds one."
          : `There are ${all.map((one) => one.name).join(", ")}; Settings → Endpoints adds one.`,
      );
    if (others.length > 0)
      throw new AppError(
        "CONFLICT",
        `${others.length + 1} endpoints are called "${name}".`,
        "Give them different names in Settings → Endpoints.",
      );
    return found;
  }

  /** For the client that sends it, and nobody else. */
  keyOf(id: string): string | undefined {
    return this.#keys.get(id);
  }

  /** @param key undefined leaves the one there is, null takes it away */
  save(id: string | undefined, fields: EndpointFields, key: string | null | undefined): Endpoint {
    const { username, password, hostname } = new URL(fields.baseUrl);
    if (username !== "" || password !== "") {
      throw new AppError(
        "BAD_INPUT",
        "The address holds a name or password.",
        "Leave them out of the address: a key is kept apart from it.",
      );
    }
    if (!fields.allowLinkLocal && isLinkLocal(hostname)) {
      throw new AppError(
        "NOT_ALLOWED",
        `${hostname} ${LINK_LOCAL_WORDS}`,
        "If it is meant all the same, confirm it in the form.",
      );
    }
    const target = id === undefined ? `e-${randomUUID().slice(0, 8)}` : this.get(id).id;
    if (id !== undefined && key === undefined) this.#keepKeyAtHome(id, fields.baseUrl);
    this.#store.transaction(() => {
      this.#store.endpoints.save(target, fields, this.#now());
    });
    if (key === null) this.#keys.delete(target);
    else if (key !== undefined) this.#keys.set(target, key);
    return this.get(target);
  }

  delete(id: string): void {
    this.get(id);
    this.#keys.delete(id);
    this.#store.transaction(() => {
      this.#store.endpoints.delete(id);
    });
  }

  /** A key belongs to the server for which it was entered: another address does not get it. */
  #keepKeyAtHome(id: string, baseUrl: string): void {
    if (!this.#keys.has(id)) return;
    if (new URL(this.get(id).baseUrl).origin === new URL(baseUrl).origin) return;
    throw new AppError(
      "BAD_INPUT",
      "The address is another server's, and the key was entered for the one before.",
      "Enter the key of the new server, or remove the key.",
    );
  }

  #withHasKey(stored: StoredEndpoint): Endpoint {
    return { ...stored, hasKey: this.#keys.has(stored.id) };
  }
}
