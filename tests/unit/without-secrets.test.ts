import { expect, test } from "vitest";
import { withoutSecrets } from "#shared/without-secrets.ts";

const TOKEN = "q7Jx0aZk1LmN2oPq3RsT4uVw5XyZ6aBc7DeF8gHi9Jk";

test.each([
  ["a host's address", `http://127.0.0.1:8123/#token=${TOKEN}`, TOKEN],
  ["a socket's protocol", `gradus, gradus.token.${TOKEN}`, TOKEN],
  ["a header", `authorization: Bearer ${TOKEN}`, TOKEN],
  ["a token alone", `at ${TOKEN}\n`, TOKEN],
  ["a vendor's key", "request with sk-proj-abcdefghijklmnop1234 failed", "abcdefghijklmnop1234"],
  ["a hub token", "HF_TOKEN=hf_abcdefghijklmnopqrst", "abcdefghijklmnopqrst"],
  ["JSON", '{"apiKey":"topsecret","n":1}', "topsecret"],
  ["credentials in an address", "https://me:word@example.org/x", "me:word"],
  ["a password", "password = hunter2", "hunter2"],
])("%s loses its secret", (_what, text, secret) => {
  expect(withoutSecrets(text)).not.toContain(secret);
});

test("what is no secret stays: stacks, hashes, numbers of tokens", () => {
  const text = [
    "TypeError: x is not a function",
    "    at sample (src-main/engine/sampling/sampler.ts:120:13)",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "1,024 tokens at 310 tokens/s",
  ].join("\n");
  expect(withoutSecrets(text)).toBe(text);
});
