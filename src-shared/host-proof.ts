/** What a host signs with its token (HMAC-SHA256, in hex) to show that it knows it. */

/**
 * @param authority host and port as the window addresses them, so that whoever stands between cannot pass on the proof
 *   of a host at another port.
 */
export function proofText(authority: string, nonce: string): string {
  return `gradus host\n${authority}\n${nonce}`;
}
