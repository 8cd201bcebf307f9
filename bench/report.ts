/** What the speed benchmark found, as a table with what was asked. */
import { cpus, totalmem } from "node:os";
import { hasBfloat16Instructions } from "#main/platform/machine.ts";
import type { Row } from "./rows.ts";

export type Side = {
  readonly what: string;
  /** One a round, in the row's unit. */
  readonly values: readonly number[];
  /** The process's largest resident memory. */
  readonly peakBytes: number;
};

export type Result = { readonly row: Row; readonly ours: Side; readonly peer: Side | null };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** How many times better ours is; null without a peer. */
function ratio({ row, ours, peer }: Result): number | null {
  if (peer === null) return null;
  const quotient = median(ours.values) / median(peer.values);
  return row.unit === "seconds" ? 1 / quotient : quotient;
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}

function spread(side: Side | null): string {
  if (side === null) return "–";
  const low = number(Math.min(...side.values));
  const high = number(Math.max(...side.values));
  return `${number(median(side.values))} (${low}–${high})`;
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}

export function summary(result: Result): string {
  const times = ratio(result);
  const peer = result.peer === null ? "" : `, peer ${spread(result.peer)}, ${times?.toFixed(2)}×`;
  return `${result.row.name}: ours ${spread(result.ours)} ${result.row.unit}${peer}`;
}

function tableRow(result: Result): string {
  const { row, ours, peer } = result;
  const times = ratio(result);
  const met = row.asked === null || times === null ? "" : times >= row.asked ? "yes" : "**no**";
  const lessMemory =
    peer === null || row.comparesMemory !== true
      ? ""
      : ours.peakBytes <= peer.peakBytes
        ? ", no more"
        : ", **more**";
  const memory =
    row.comparesMemory === true
      ? `${gib(ours.peakBytes)} / ${peer === null ? "–" : gib(peer.peakBytes)} GiB${lessMemory}`
      : "";
  const cells = [
    row.name,
    `${row.note}; ours ${row.ours}, peer ${row.peer}`,
    `${spread(ours)} ${row.unit}`,
    peer === null ? "–" : `${spread(peer)} ${row.unit}`,
    times === null ? "–" : `${times.toFixed(2)}×`,
    row.asked === null ? "–" : `≥ ${row.asked}×`,
    met,
    memory,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The report as Markdown. `firstTokens` in seconds, one a process. */
export function reportText(
  results: readonly Result[],
  firstTokens: readonly { readonly launch: number; readonly warm: number }[],
  rounds: number,
): string {
  const [cpu] = cpus();
  const instructions = hasBfloat16Instructions() === true ? "with" : "without";
  const sides = [...new Set(results.flatMap(({ ours, peer }) => [ours.what, peer?.what ?? ""]))];
  const lines = [
    "# Speed beside PyTorch, transformers and TRL",
    "",
    `\`npm run bench -- --peer\`, written by the benchmark. ${cpus().length} cores of ${cpu?.model.trim() ?? "an unknown processor"} ${instructions} bfloat16 instructions, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.versions.node}; ${sides.filter((what) => what !== "").join("; ")}. Medians of ${rounds} rounds (least–most), each side in a process of its own for each row, taking turns after a warm-up.`,
    "",
    "| row | what | ours | peer | ratio | asked | met | peak memory, ours / peer |",
    "|---|---|---|---|---|---|---|---|",
    ...results.map(tableRow),
  ];
  if (firstTokens.length > 0) {
    const launch = median(firstTokens.map((times) => times.launch));
    const warm = median(firstTokens.map((times) => times.warm));
    lines.push(
      "",
      `First token of SmolLM2-135M: ${launch.toFixed(2)} s from the start of the inference process (asked ≤ 5), ${warm.toFixed(2)} s from a question to a warm one (asked ≤ 0.5); medians of ${firstTokens.length} processes.`,
    );
  }
  return `${lines.join("\n")}\n`;
}
