/** Gives a text or other data to the browser as a file to save. */

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the blob once it began.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function saveText(file: {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}): void {
  saveBlob(file.name, new Blob([file.text], { type: file.mediaType }));
}
