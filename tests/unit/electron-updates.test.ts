/** Updates, on a stand-in for electron-updater that sends its events. */
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { watchForUpdates } from "#main/host/electron/updates.ts";
import type { Updater } from "#main/host/electron/updates.ts";

class Feed extends EventEmitter implements Updater {
  autoDownload = true;
  autoInstallOnAppQuit = false;
  looks = 0;
  downloads = 0;
  newest: string | null = null;
  broken = false;

  checkForUpdates(): Promise<unknown> {
    this.looks += 1;
    if (this.broken) {
      const error = new Error("no route to the feed");
      this.emit("error", error);
      return Promise.reject(error);
    }
    if (this.newest === null) this.emit("update-not-available");
    else this.emit("update-available", { version: this.newest });
    return Promise.resolve();
  }

  downloadUpdate(): Promise<unknown> {
    this.downloads += 1;
    if (this.broken) return Promise.reject(new Error("the disk is full"));
    this.emit("update-downloaded", { version: this.newest });
    return Promise.resolve();
  }
}

function watched(feed: Feed, yes: boolean) {
  const said: string[] = [];
  const asked: string[] = [];
  const watch = watchForUpdates(feed, {
    ask: (message) => {
      asked.push(message);
      return Promise.resolve(yes);
    },
    tell: (message, detail) => said.push(`${message} ${detail}`.trim()),
  });
  return { said, asked, ...watch };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("nothing is fetched without a yes, and what was fetched waits for the application's end", async () => {
  const feed = new Feed();
  feed.newest = "2.0.0";
  const { asked, said, stop } = watched(feed, true);
  expect(feed).toMatchObject({ autoDownload: false, autoInstallOnAppQuit: true });
  expect(feed.downloads).toBe(0);
  await turn();
  expect(asked).toEqual(["Gradus 2.0.0 is available."]);
  expect(feed.downloads).toBe(1);
  expect(said).toEqual(["Gradus 2.0.0 is ready. It is installed when you close Gradus."]);
  stop();
});

test("a no holds for that version until one looks again", async () => {
  const feed = new Feed();
  feed.newest = "2.0.0";
  const { asked, look, stop } = watched(feed, false);
  await feed.checkForUpdates();
  await turn();
  expect(asked).toHaveLength(1);
  look();
  await turn();
  expect(asked).toHaveLength(2);
  feed.newest = "2.1.0";
  await feed.checkForUpdates();
  await turn();
  expect(asked.at(-1)).toBe("Gradus 2.1.0 is available.");
  expect(feed.downloads).toBe(0);
  stop();
});

test("only who asked hears that there is nothing new, or that the feed cannot be reached", async () => {
  const feed = new Feed();
  const { said, look, stop } = watched(feed, true);
  expect(said).toEqual([]);
  look();
  expect(said).toEqual(["This is the newest version."]);
  feed.broken = true;
  await feed.checkForUpdates().catch(() => undefined);
  expect(said).toHaveLength(1);
  look();
  await turn();
  expect(said.at(-1)).toBe("Updates could not be looked for. no route to the feed");
  stop();
});
