/**
 * Whether what answers at an address knows the token, asked without showing it. A window may stay open after its host
 * ended, and whoever takes the port next is no host for that.
 */
import { proofText } from "#shared/host-proof.ts";

const WAIT_MS = 5000;
const PROOF = /^[0-9a-f]{64}$/u;

/** knows: the token may be sent. other: a host that knows another. silent: nothing that speaks as a host does. */
export type HostAnswer = "knows" | "other" | "silent";

/** @param address of the window's page. */
export async function askForProof(address: string, token: string): Promise<HostAnswer> {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  const question = new URL("./prove", address);
  question.hash = "";
  question.search = `?nonce=${nonce}`;
  try {
    const signal = AbortSignal.timeout(WAIT_MS);
    const response = await fetch(question, { cache: "no-store", redirect: "error", signal });
    const given = (await response.text()).trim();
    if (!response.ok || !PROOF.test(given)) return "silent";
    return given === (await proofOf(token, question.host, nonce)) ? "knows" : "other";
  } catch {
    return "silent";
  }
}

async function proofOf(token: string, authority: string, nonce: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(token),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const text = encoder.encode(proofText(authority, nonce));
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, text)));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
