import { expect, test } from "vitest";
import { keychainOf } from "#main/host/electron/keychain.ts";
import type { SafeStorage } from "#main/host/electron/keychain.ts";

const storage: SafeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (text: string) => Buffer.from(text).reverse(),
  decryptString: (sealed: Buffer) => Buffer.from(sealed).reverse().toString(),
};

test("what the keychain seals is text that opens again", () => {
  const keychain = keychainOf(storage);
  const sealed = keychain?.seal("a key") ?? "";
  expect(sealed).toBe(Buffer.from("yek a").toString("base64"));
  expect(keychain?.open(sealed)).toBe("a key");
});

test.each([
  ["none", { ...storage, isEncryptionAvailable: () => false }],
  [
    "one with a password that everybody knows",
    { ...storage, getSelectedStorageBackend: () => "basic_text" },
  ],
])("a system with %s seals nothing", (_, without) => {
  expect(keychainOf(without)).toBeUndefined();
});
