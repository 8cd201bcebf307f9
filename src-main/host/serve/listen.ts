/** Listening on an address of this machine. */
import type { Server } from "node:http";
import { AppError } from "#shared/errors.ts";

/** Addresses that no other machine reaches. */
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

/** Gives the port. Throws CONFLICT for one that is taken, BAD_INPUT for an address that is not this machine's. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", (error) => {
    reject(listenError(error, port, host));
  });
  server.listen(port, host, () => {
    const address = server.address();
    if (address === null || typeof address === "string") reject(new Error("no port"));
    else resolve(address.port);
  });
  return promise;
}

function listenError(error: Error, port: number, host: string): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new AppError(
      "CONFLICT",
      `The port ${port} is taken.`,
      "Choose another with --port; --port 0 takes a free one.",
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new AppError(
      "BAD_INPUT",
      `${host} is no address of this machine.`,
      "Use 127.0.0.1, or 0.0.0.0 for every address it has.",
    );
  }
  return error;
}
