/** The host that the tests of one file share: started before the first of them, killed after the last, its workspace removed. */
import { test } from "@playwright/test";
import type { Browser } from "@playwright/test";
import { seedWorkspace, startHost, windowWorkspace } from "../helpers/window-host.ts";
import type { WindowHost } from "../helpers/window-host.ts";

export interface FileHost extends WindowHost {
  /** The workspace. */
  readonly folder: string;
  /** Starts the workspace's next host, at the same port, after `kill`. */
  restart(): Promise<void>;
}

export interface FileHostOptions {
  /** Fills the workspace before the host starts. */
  readonly prepare?: (folder: string) => void;
  /** Whether each test gets a workspace and a host of its own. */
  readonly each?: boolean;
  /** Whether windows stay open from test to test. Else each test's are closed: an open window asks its host again and again. */
  readonly keepsWindows?: boolean;
}

/** Call at the top of a file; what it gives can be used inside tests. */
export function fileHost(options: FileHostOptions = {}): FileHost {
  const { prepare, each = false, keepsWindows = false } = options;
  let host: WindowHost | undefined;
  let workspace: ReturnType<typeof windowWorkspace> | undefined;
  const started = (): WindowHost => {
    if (host === undefined) throw new Error("the host is there inside tests only");
    return host;
  };
  const begin = async (): Promise<void> => {
    workspace = windowWorkspace();
    prepare?.(workspace.folder);
    host = await startHost(workspace.folder);
  };
  const end = async (): Promise<void> => {
    await host?.kill();
    workspace?.remove();
  };
  const closeWindows = async ({ browser }: { readonly browser: Browser }): Promise<void> => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  };
  if (keepsWindows) test.afterAll(closeWindows);
  else test.afterEach(closeWindows);
  if (each) {
    test.beforeEach(begin);
    test.afterEach(end);
  } else {
    test.beforeAll(begin);
    test.afterAll(end);
  }
  return {
    get url() {
      return started().url;
    },
    get port() {
      return started().port;
    },
    get folder() {
      return workspace?.folder ?? "";
    },
    kill: () => started().kill(),
    restart: async () => {
      host = await startHost(workspace?.folder ?? "", started().port);
    },
  };
}

/** A host whose workspace holds the pipelines that the screens are looked at with. */
export function seededHost(prepare?: (folder: string) => void): FileHost {
  return fileHost({
    prepare: (folder) => {
      seedWorkspace(folder);
      prepare?.(folder);
    },
  });
}
