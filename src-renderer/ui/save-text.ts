/** Gives a text to the browser as a file to save. */

export function saveText(file: {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: file.mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the blob once it began.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
