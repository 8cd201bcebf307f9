/** The system's keychain for the keys of endpoints, by way of Electron's safeStorage, which is passed in. */
import type { KeyCipher } from "#main/services/endpoints/key-file.ts";

/** The part of Electron's safeStorage that is used. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** On Linux only. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}

/** Undefined where there is no keychain, or only one whose password everybody knows: then the file's mode guards. */
export function keychainOf(storage: SafeStorage): KeyCipher | undefined {
  if (!storage.isEncryptionAvailable()) return undefined;
  if (storage.getSelectedStorageBackend?.() === "basic_text") return undefined;
  return {
    seal: (key) => storage.encryptString(key).toString("base64"),
    open: (sealed) => storage.decryptString(Buffer.from(sealed, "base64")),
  };
}
