/** Scores and costs that were published elsewhere: files of assets/published, with their sources. Never mixed with what was measured here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { PublishedScore } from "#shared/schema/compare.ts";
import type { PublishedCost } from "#shared/schema/cost.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";

const ResultsFile = z.object({
  source_date: z.string(),
  protocol: z.object({
    "deepseek-r1": z.object({
      temperature: z.number(),
      top_p: z.number(),
      max_tokens: z.int(),
      samples: z.string(),
    }),
  }),
  known_conflicts: z.array(z.string()),
  rows: z.array(
    z.object({
      model: z.string(),
      source: z.string(),
      scores: z.record(z.string(), z.number().nullable()),
    }),
  ),
});

const Figure = z.union([z.number(), z.record(z.string(), z.number())]).optional();
const CostsFile = z.object({
  rows: z.array(
    z.object({
      run: z.string(),
      gpu: z.string().optional(),
      gpus: z.int().optional(),
      gpu_hours: Figure,
      duration: z.string().optional(),
      usd_per_gpu_hour: z.number().optional(),
      samples: z.int().optional(),
      usd: z.number().nullable(),
      result: z.string().optional(),
      note: z.string().optional(),
      source: z.string(),
    }),
  ),
});

/** Columns of the file: the benchmark, and what was counted. */
const COLUMNS: Readonly<Record<string, readonly [string, string]>> = {
  aime2024_pass1: ["AIME 2024", "pass@1"],
  aime2024_cons64: ["AIME 2024", "cons@64"],
  math500_pass1: ["MATH-500", "pass@1"],
  gpqa_diamond_pass1: ["GPQA Diamond", "pass@1"],
  livecodebench_pass1: ["LiveCodeBench", "pass@1"],
  codeforces_rating: ["Codeforces", "rating"],
};

function readAsset<T>(name: string, schema: z.ZodType<T>): T {
  const file = join(assetFolder(), "published", name);
  return schema.parse(JSON.parse(readFileSync(file, "utf8")));
}

export function publishedScores(): PublishedScore[] {
  const file = readAsset("results.json", ResultsFile);
  const { temperature, top_p: topP, max_tokens: limit } = file.protocol["deepseek-r1"];
  const protocol = [
    `T ${temperature}, top-p ${topP}`,
    `limit ${limit.toLocaleString("en-US")}`,
    "up to 64 samples",
  ];
  return file.rows.flatMap(({ model, source, scores }) =>
    Object.entries(scores).flatMap(([column, value]): PublishedScore[] => {
      const [benchmark, measure] = COLUMNS[column] ?? [];
      if (value === null || benchmark === undefined || measure === undefined) return [];
      const isRating = measure === "rating";
      const name = model.replace(/^R1-Distill-/u, "Distill-");
      const conflicts = file.known_conflicts.filter(
        (conflict) =>
          conflict.includes(name) && conflict.includes(benchmark.split(" ")[0] ?? benchmark),
      );
      return [
        {
          id: `${model}:${column}`,
          model,
          benchmark,
          measure,
          value: isRating ? value : value / 100,
          isRating,
          interval: null,
          conditions: [...protocol, ...conflicts],
          source,
          date: file.source_date,
        },
      ];
    }),
  );
}

export function publishedCosts(): PublishedCost[] {
  return readAsset("costs.json", CostsFile).rows.map((row) => ({
    run: row.run,
    usd: row.usd,
    basis: [
      figureText(row.gpu_hours, `${row.gpu ?? "GPU"} hours`),
      row.gpus === undefined ? "" : `${row.gpus} ${row.gpu ?? "GPU"}s`,
      row.duration ?? "",
      row.usd_per_gpu_hour === undefined ? "" : `at $${row.usd_per_gpu_hour} an hour`,
      row.samples === undefined ? "" : `${row.samples.toLocaleString("en-US")} samples`,
      row.note ?? "",
    ]
      .filter((part) => part !== "")
      .join(", "),
    result: row.result ?? null,
    source: row.source,
  }));
}

function figureText(figure: z.infer<typeof Figure>, unit: string): string {
  if (figure === undefined) return "";
  if (typeof figure === "number") return `${figure.toLocaleString("en-US")} ${unit}`;
  return Object.entries(figure)
    .map(([name, value]) => `${name} ${value.toLocaleString("en-US")} ${unit}`)
    .join(", ");
}
