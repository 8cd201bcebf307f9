/**
 * The Chromium that the window's tests drive: `GRADUS_TEST_BROWSER`, else an installed Chromium or
 * Chrome, else the one that the package @sparticuz/chromium brings (Linux x64). No browser is
 * downloaded.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FIXED_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
/** What the packaged Chromium needs of the system, by Debian's names. */
const LIBRARIES = ["libnss3", "libnspr4"];
/** uPlot formats dates at import and needs a real locale. */
const ARGS = ["--lang=en-US"];

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installedBrowser() {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = [
    ...NAMES.flatMap((name) => folders.map((dir) => join(dir, name))),
    ...FIXED_PLACES,
  ];
  return places.find(isExecutable);
}

/** @param {string} file */
function starts(file) {
  return spawnSync(file, ["--version"], { encoding: "utf8", timeout: 30_000 });
}

/** Installs the libraries of the packaged Chromium where apt and root allow it. */
function installLibraries() {
  if (process.getuid?.() !== 0 || !installedOnPath("apt-get")) return false;
  console.error(`Installing ${LIBRARIES.join(" and ")} for the test browser …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @param {string[]} args */
  const apt = (args) =>
    spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] }).status;
  apt(["update", "-qq"]);
  return apt(["install", "-y", "-qq", "--no-install-recommends", ...LIBRARIES]) === 0;
}

/** @param {string} name */
function installedOnPath(name) {
  return (process.env["PATH"] ?? "").split(delimiter).some((dir) => isExecutable(join(dir, name)));
}

/**
 * @returns {Promise<{ GRADUS_TEST_BROWSER: string, GRADUS_TEST_BROWSER_ARGS: string }>} environment
 *   variables for Playwright's configuration; the arguments are a JSON list
 * @throws where no browser starts, saying what to install
 */
export async function findTestBrowser() {
  const asked = process.env["GRADUS_TEST_BROWSER"] ?? installedBrowser();
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  if (asked) {
    const args = process.env["GRADUS_TEST_BROWSER_ARGS"] ?? JSON.stringify([...ARGS, ...sandbox]);
    return { GRADUS_TEST_BROWSER: asked, GRADUS_TEST_BROWSER_ARGS: args };
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "No browser for the window's tests: install Chromium or Chrome, or set GRADUS_TEST_BROWSER.",
    );
  }
  const { default: chromium } = await import("@sparticuz/chromium");
  const packaged = await chromium.executablePath();
  let attempt = starts(packaged);
  if (attempt.status !== 0 && installLibraries()) attempt = starts(packaged);
  if (attempt.status !== 0) {
    throw new Error(
      `The packaged Chromium does not start: ${attempt.stderr?.trim() || attempt.error?.message}\n` +
        `Install its libraries (apt-get install ${LIBRARIES.join(" ")}), or Chromium, and run the tests again.`,
    );
  }
  const args = [...ARGS, "--no-sandbox", "--headless=shell", "--disable-gpu", "--hide-scrollbars"];
  return { GRADUS_TEST_BROWSER: packaged, GRADUS_TEST_BROWSER_ARGS: JSON.stringify(args) };
}
