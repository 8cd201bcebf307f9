/**
 * Builds the application for Electron into out/app: JavaScript of src-main and src-shared with the
 * folders kept (so that paths relative to a file stay true), and the preload script as CommonJS.
 * Packages of npm stay outside.
 *
 * Plain files on purpose, no bundle: a stack trace names the file that a reader finds in the sources.
 */
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "out", "app");

/** Files that are entered by path rather than by import. */
const ENTRIES = [
  "src-main/host/electron/electron.ts",
  "src-main/host/cli/main.ts",
  "src-main/processes/engine/engine-process.ts",
];

/** `new URL("./x.ts", import.meta.url)` must name the built file. */
const relativeUrls = {
  name: "gradus:relative-urls",
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    if (!id.startsWith(join(ROOT, "src-main"))) return null;
    return code.replaceAll(
      /new URL\(\s*"(\.{1,2}\/[^"]+)\.ts",\s*import\.meta\.url\s*\)/g,
      (_match, path) => {
        if (!existsSync(resolve(dirname(id), `${path}.ts`))) {
          throw new Error(`${relative(ROOT, id)} names ${path}.ts, which does not exist`);
        }
        return `new URL("${path}.js", import.meta.url)`;
      },
    );
  },
};

/**
 * Our own modules by their paths below the root; everything else is a package.
 * @param {string} id
 */
const isPackage = (id) => !/^(\.|\/|[a-zA-Z]:|#)/.test(id);

/** Builds out/app anew and returns its path. */
export async function buildApp() {
  rmSync(OUT, { recursive: true, force: true });
  const entries = ENTRIES.filter((entry) => existsSync(join(ROOT, entry)));
  const named = globSync("src-main/**/*.ts", { cwd: ROOT }).filter((file) => isNamedByUrl(file));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    plugins: [relativeUrls],
    ssr: { external: true },
    build: {
      ssr: true,
      target: "node24",
      outDir: OUT,
      minify: false,
      emptyOutDir: true,
      rollupOptions: {
        input: [...new Set([...entries, ...named])].map((file) => join(ROOT, file)),
        external: isPackage,
        output: {
          format: "es",
          preserveModules: true,
          preserveModulesRoot: ROOT,
          entryFileNames: "[name].js",
        },
      },
    },
  });
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    build: {
      ssr: true,
      target: "chrome130",
      outDir: join(OUT, "src-main", "host", "electron"),
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        input: join(ROOT, "src-main", "host", "electron", "preload.ts"),
        external: ["electron"],
        output: { format: "cjs", entryFileNames: "preload.cjs" },
      },
    },
  });
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const main = "src-main/host/electron/electron.js";
  writeFileSync(
    join(OUT, "package.json"),
    JSON.stringify({ name, version, license, type: "module", main }, null, 2),
  );
  // To run out/app where it is; a packaged application has the real folders at these places.
  mkdirSync(join(OUT, "out"), { recursive: true });
  symlinkSync(join(ROOT, "out", "renderer"), join(OUT, "out", "renderer"), "junction");
  symlinkSync(join(ROOT, "assets"), join(OUT, "assets"), "junction");
  return OUT;
}

/**
 * Whether some file enters this one through a URL (a child process, a worker).
 * @param {string} file relative to the root
 */
function isNamedByUrl(file) {
  const name = file.split("/").at(-1);
  return globSync("src-main/**/*.ts", { cwd: ROOT }).some((other) => {
    const pattern = new RegExp(`new URL\\(\\s*"[^"]*/${name}",\\s*import\\.meta\\.url`);
    return other !== file && pattern.test(readFileSync(join(ROOT, other), "utf8"));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.error(`Built ${relative(process.cwd(), await buildApp())}`);
}
