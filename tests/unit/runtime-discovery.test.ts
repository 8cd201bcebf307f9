import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  checkRuntimeFolder,
  discoverRuntime,
  hasNvidiaDriver,
  runtimeFolder,
} from "#main/platform/tensorflow/discovery.ts";
import { downloadRuntime } from "#main/platform/tensorflow/download.ts";
import { DownloadUnavailable } from "#main/platform/tensorflow/pip.ts";
import type { DownloadProgress } from "#main/platform/tensorflow/download.ts";
import { LIBRARY_FILES, tensorFlowWheel } from "#main/platform/tensorflow/tensorflow-wheels.ts";
import type { TensorFlowWheel } from "#main/platform/tensorflow/tensorflow-wheels.ts";
import { fetchedShare } from "#main/platform/tensorflow/fetch-runtime.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { lacking } from "../helpers/need.ts";

const NO_NVIDIA = { met: !(await hasNvidiaDriver()), how: "runs without an NVIDIA driver" };
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "gradus-runtime-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A runtime folder as the download leaves it, with small files in the place of the libraries. */
function placeRuntime(
  change: Partial<{ version: string; bytes: number; sha256: string }> = {},
): string {
  const folder = runtimeFolder(dir);
  mkdirSync(folder, { recursive: true });
  const content = "library";
  const facts = { bytes: change.bytes ?? content.length, sha256: change.sha256 ?? sha256(content) };
  for (const name of LIBRARY_FILES) writeFileSync(join(folder, name), content);
  writeFileSync(
    join(folder, "runtime.json"),
    JSON.stringify({
      version: change.version ?? "2.21.0",
      files: Object.fromEntries(LIBRARY_FILES.map((name) => [name, facts])),
    }),
  );
  return folder;
}

/** No Python on PATH: what is found then does not depend on the machine. */
const noPython = { PATH: "/nowhere" };

describe("the order of the search", () => {
  test("GRADUS_TENSORFLOW comes first", async () => {
    placeRuntime();
    const own = join(dir, "own");
    mkdirSync(own);
    for (const name of LIBRARY_FILES) writeFileSync(join(own, name), "");
    const env = { ...noPython, GRADUS_TENSORFLOW: own };
    expect(await discoverRuntime({ dataFolder: dir, download: false, env })).toEqual({
      location: { dir: own, source: "environment", version: undefined, gpu: false },
    });
  });

  test("then the data folder", async () => {
    const folder = placeRuntime();
    expect(await discoverRuntime({ dataFolder: dir, download: false, env: noPython })).toEqual({
      location: { dir: folder, source: "data-folder", version: "2.21.0", gpu: false },
    });
  });

  test("where nothing is found and nothing may be fetched, there is a reason", async () => {
    expect(await discoverRuntime({ dataFolder: dir, download: false, env: noPython })).toEqual({
      location: null,
      reason: "TensorFlow's library has not been fetched yet",
    });
  });

  test("a platform without a library says so", async () => {
    const options = { dataFolder: dir, download: true, env: noPython, platform: "win32-x64" };
    expect(await discoverRuntime(options)).toMatchObject({
      location: null,
      reason: expect.stringContaining("win32-x64"),
    });
  });

  test("without Python the reason names it", async () => {
    const options = { dataFolder: dir, download: true, env: noPython, platform: "linux-x64" };
    expect(await discoverRuntime(options)).toMatchObject({
      location: null,
      reason: expect.stringContaining("Python 3 with pip"),
    });
  });
});

describe("a runtime that is not right", () => {
  test("GRADUS_TENSORFLOW without the files is RUNTIME_MISSING", async () => {
    const env = { GRADUS_TENSORFLOW: dir };
    await expect(discoverRuntime({ dataFolder: dir, download: true, env })).rejects.toMatchObject({
      code: "RUNTIME_MISSING",
      message: expect.stringContaining(dir),
      advice: expect.stringContaining("unset it"),
    });
  });

  test("another version in the data folder is RUNTIME_BAD_VERSION", async () => {
    placeRuntime({ version: "2.9.1" });
    await expect(
      discoverRuntime({ dataFolder: dir, download: false, env: noPython }),
    ).rejects.toMatchObject({
      code: "RUNTIME_BAD_VERSION",
      message: expect.stringMatching(/2\.9\.1.*2\.21\.0/),
    });
  });

  test("a truncated library is RUNTIME_BAD_HASH", async () => {
    placeRuntime({ bytes: 788_086_608 });
    await expect(
      discoverRuntime({ dataFolder: dir, download: false, env: noPython }),
    ).rejects.toMatchObject({
      code: "RUNTIME_BAD_HASH",
      message: expect.stringContaining("7 bytes instead of 788086608"),
      advice: expect.stringContaining("Delete"),
    });
  });

  test("a changed library of the same size is found by the thorough check", async () => {
    const folder = placeRuntime({ sha256: sha256("another") });
    await expect(checkRuntimeFolder(folder, false)).resolves.toBeUndefined();
    await expect(checkRuntimeFolder(folder, true)).rejects.toMatchObject({
      code: "RUNTIME_BAD_HASH",
    });
  });

  test("a folder without its marker is RUNTIME_BAD_HASH", async () => {
    const folder = placeRuntime();
    rmSync(join(folder, "runtime.json"));
    await expect(checkRuntimeFolder(folder, false)).rejects.toMatchObject({
      code: "RUNTIME_BAD_HASH",
    });
  });

  test.skipIf(!NO_NVIDIA.met)(
    `a GPU asked for where there is none is NO_GPU${lacking(NO_NVIDIA)}`,
    async () => {
      const options = { dataFolder: dir, download: true, gpu: true };
      await expect(discoverRuntime(options)).rejects.toMatchObject({
        code: "NO_GPU",
        advice: expect.stringContaining("auto"),
      });
    },
  );
});

describe("the download, by the real pip from a folder of wheels", () => {
  const libraries = [
    "tensorflow/libtensorflow_framework.so.2",
    "tensorflow/libtensorflow_cc.so.2",
  ] as const;

  /** Writes a wheel named as the pinned one and makes pip see no other. */
  function offerWheel(members: Readonly<Record<string, string>>): TensorFlowWheel {
    const pinned = tensorFlowWheel("linux-x64", false);
    if (pinned === undefined) throw new Error("no pinned wheel");
    const wheels = join(dir, "wheels");
    mkdirSync(wheels);
    const path = join(wheels, pinned.file);
    const info = "tensorflow_cpu-2.21.0.dist-info";
    const all = {
      ...members,
      [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: 2.21.0\n",
      [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-${pinned.tag}\n`,
      [`${info}/RECORD`]: "",
    };
    const script =
      "import json,sys,zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n" +
      "for name, text in json.loads(sys.argv[2]).items(): z.writestr(name, text)\nz.close()";
    execFileSync("python3", ["-c", script, path, JSON.stringify(all)]);
    vi.stubEnv("PIP_NO_INDEX", "1");
    vi.stubEnv("PIP_FIND_LINKS", wheels);
    vi.stubEnv("PIP_CONFIG_FILE", "/dev/null");
    return { ...pinned, sha256: sha256(readFileSync(path)), libraries };
  }

  const members = {
    [libraries[0]]: "framework",
    [libraries[1]]: "main library",
    "tensorflow/x.py": "no",
  };

  test("unpacks the two libraries alone, with a marker that passes the thorough check", async () => {
    const wheel = offerWheel(members);
    const target = runtimeFolder(dir);
    const seen: DownloadProgress[] = [];
    await downloadRuntime({ wheel, target, python: "python3", onProgress: (p) => seen.push(p) });
    expect(readdirSync(target).sort()).toEqual([
      "libtensorflow_cc.so.2",
      "libtensorflow_framework.so.2",
      "runtime.json",
    ]);
    expect(readFileSync(join(target, "libtensorflow_cc.so.2"), "utf8")).toBe("main library");
    await expect(checkRuntimeFolder(target, true)).resolves.toBeUndefined();
    // 9 + 12 bytes unpacked.
    expect(seen.at(-1)).toEqual({ phase: "unpacking", doneBytes: 21, totalBytes: 21 });
    expect(readdirSync(join(dir, "runtime"))).toEqual(["tensorflow-2.21.0"]);
  });

  test("a wheel with another hash is not unpacked, and nothing is left behind", async () => {
    offerWheel(members);
    await expect(
      discoverRuntime({
        dataFolder: dir,
        download: true,
        platform: "linux-x64",
        env: { PATH: process.env["PATH"] },
      }),
    ).rejects.toMatchObject({
      code: "RUNTIME_BAD_HASH",
      message: expect.stringContaining(
        "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
      ),
    });
    expect(readdirSync(join(dir, "runtime"))).toEqual([]);
  });

  test("a wheel without the libraries is RUNTIME_MISSING", async () => {
    const wheel = offerWheel({ "tensorflow/x.py": "" });
    const target = runtimeFolder(dir);
    await expect(downloadRuntime({ wheel, target, python: "python3" })).rejects.toMatchObject({
      code: "RUNTIME_MISSING",
    });
    expect(existsSync(target)).toBe(false);
  });

  test("where pip finds nothing, its words are passed on", async () => {
    const wheel = { ...offerWheel(members), tag: "manylinux_2_27_ppc64le" };
    const attempt = downloadRuntime({ wheel, target: runtimeFolder(dir), python: "python3" });
    await expect(attempt).rejects.toThrow(DownloadUnavailable);
    await expect(attempt).rejects.toThrow(/No matching distribution/);
  });

  test("a cancelled download leaves nothing", async () => {
    const wheel = offerWheel(members);
    const signal = AbortSignal.abort();
    const target = runtimeFolder(dir);
    await expect(downloadRuntime({ wheel, target, python: "python3", signal })).rejects.toThrow(
      /abort/i,
    );
    expect(readdirSync(join(dir, "runtime"))).toEqual([]);
  });
});

test("the share of a fetch grows from phase to phase and ends at one", () => {
  const share = (phase: DownloadProgress["phase"], doneBytes: number): number =>
    fetchedShare({ phase, doneBytes, totalBytes: 10 });
  const phases = ["downloading", "checking", "unpacking"] as const;
  const shares = phases.flatMap((phase) => [share(phase, 0), share(phase, 10)]);
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(fetchedShare({ phase: "downloading", doneBytes: 5, totalBytes: 0 })).toBe(0);
});

describe("the data folder", () => {
  test("GRADUS_HOME wins on every platform", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      expect(dataFolder({ GRADUS_HOME: dir, XDG_DATA_HOME: "/x" }, platform)).toBe(dir);
    }
  });

  test("XDG_DATA_HOME counts where it is absolute", () => {
    expect(dataFolder({ XDG_DATA_HOME: "/data" }, "linux")).toBe("/data/gradus");
    expect(dataFolder({ XDG_DATA_HOME: "data" }, "linux")).toMatch(/\.local\/share\/gradus$/);
  });
});
