/** What the main process asks of the page, held back until the page has said that it listens. */
import type { ShellMessage } from "#shared/schema/shell.ts";

export class WindowMessages<Page> {
  readonly #send: (page: Page, message: ShellMessage) => void;
  readonly #waiting: ShellMessage[] = [];
  #page: Page | undefined;

  constructor(send: (page: Page, message: ShellMessage) => void) {
    this.#send = send;
  }

  tell(message: ShellMessage): void {
    if (this.#page === undefined) this.#waiting.push(message);
    else this.#send(this.#page, message);
  }

  /** The page listens from now on; what waited is sent in its order. */
  open(page: Page): void {
    this.#page = page;
    for (const message of this.#waiting.splice(0)) this.#send(page, message);
  }

  /** The page is gone. */
  close(page: Page): void {
    if (this.#page === page) this.#page = undefined;
  }
}
