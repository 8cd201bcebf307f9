/** Sends a file of this browser's machine to the host in pieces, so that one of any size is never in memory as a whole. */
import { host } from "#renderer/bridge/host.ts";

/** In base64 under the host's 4 MiB a piece. */
const PIECE_BYTES = 2 * 1024 * 1024;

function base64Of(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      resolve(url.slice(url.indexOf(",") + 1));
    });
    reader.addEventListener("error", () =>
      reject(
        new Error(`The file could not be read: ${reader.error?.message ?? "no reason given"}`),
      ),
    );
    reader.readAsDataURL(piece);
  });
}

/** Gives the upload's id. Throws where the host refuses, or the signal aborts. */
export async function uploadFile(
  file: File,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const { uploadId } = await host.datasets.imports.beginUpload(
    { name: file.name.slice(-255), bytes: file.size },
    { signal },
  );
  for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
    const base64 = await base64Of(file.slice(offset, offset + PIECE_BYTES));
    await host.datasets.imports.upload({ uploadId, offset, base64 }, { signal });
    onSent(Math.min(file.size, offset + PIECE_BYTES));
  }
  return uploadId;
}
