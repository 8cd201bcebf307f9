import { defineConfig } from "vitest/config";

/**
 * Two projects: `fast` for everything that ends in seconds, `slow` for what trains, compiles or
 * starts processes (golden values and whole runs). `npm test` runs both; while working, run one
 * file: `npx vitest run tests/unit/NAME.test.ts`.
 */
export default defineConfig({
  test: {
    // Files in processes of their own: TensorFlow's library stays loaded for a process's lifetime.
    pool: "forks",
    maxWorkers: 2,
    passWithNoTests: false,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/{unit,migrations,types}/**/*.test.ts"],
          testTimeout: 60_000,
          // Node takes TypeScript as it stands, as it does for the application itself, and keeps what it compiled from
          // file to file (NODE_COMPILE_CACHE, scripts/launch.mjs); Vite's runner would evaluate every module anew.
          experimental: { viteModuleRunner: false },
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["tests/{golden,e2e}/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
