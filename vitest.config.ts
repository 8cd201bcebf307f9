import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** The files that take longest, the longest first: begun last, one alone would keep one of two workers busy at the end. */
const LONGEST = [
  "exported-trl",
  "resume",
  "demo-smoke",
  "ppo-twin",
  "webgpu-process",
  "packaging",
  "engine-reference-webgpu",
  "own-problems-story",
  "sampling-resume",
  "engine-webgpu",
  "outside-tasks",
  "alarms-on-engine",
  "cli-commands",
  "runs-pipeline",
  "tasks-problems",
  "openai-crowd",
  "engine-policy",
  "datasets-export",
  "reward-files",
  "services-generation",
  "recipe-book",
  "sandbox-python",
  "code-tests-human-eval",
  "cli-data",
  "damaged-checkpoints",
  "inference-pool",
].map((name) => `${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(basename(moduleId));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
    restoreMocks: true,
    // Node takes TypeScript as it stands, as it does for the application itself, and keeps what it compiled from file to
    // file (NODE_COMPILE_CACHE, scripts/launch.mjs); Vite's runner would evaluate every module anew.
    experimental: { viteModuleRunner: false },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/{unit,migrations,types}/**/*.test.ts"],
          testTimeout: 60_000,
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
