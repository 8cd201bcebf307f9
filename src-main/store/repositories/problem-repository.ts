/** Problem sets: their versions, which never change, and the problems of each. */
import { AppError } from "#shared/errors.ts";
import { ProblemSplit } from "#shared/schema/problem.ts";
import type { MeasuredSetProblem, SetProblem } from "#shared/schema/problem.ts";
import type { ProblemFilter } from "#shared/schema/problem-filter.ts";
import type {
  ListedProblem,
  ProblemSetSummary,
  ProblemSetVersion,
  ProblemSort,
} from "#shared/schema/problem-set.ts";
import { wilsonInterval } from "#shared/wilson-interval.ts";
import type { Connection } from "../database.ts";
import { problemContent } from "../problems/problem-content.ts";
import type { IncomingProblem } from "../problems/problem-content.ts";
import { HOLDS_TEXT, problemWhere } from "../problems/problem-filter-sql.ts";
import {
  PROBLEM_COLUMNS,
  problemOfRow,
  tagsOfRow,
  writtenProblemOfRow,
} from "../problems/problem-rows.ts";
import type { ProblemRow } from "../problems/problem-rows.ts";
import { summaryOf, versionOf } from "../problems/version-rows.ts";
import type { VersionRow } from "../problems/version-rows.ts";
import type { PassRateRepository } from "./pass-rate-repository.ts";

interface ListRow {
  readonly problem_id: string;
  readonly position: number;
  readonly prompt: string;
  readonly gold: string | null;
  readonly verifier: string;
  readonly tags: string;
  readonly difficulty: number | null;
  readonly split: string;
  readonly samples: number | null;
  readonly correct: number | null;
}

export type NewProblemVersion = Omit<ProblemSetVersion, "version"> & {
  /** As people call the set; where the set is new. */
  readonly title: string;
};

export interface ProblemChoice {
  readonly set: string;
  /** Null: the newest. */
  readonly version: number | null;
  readonly split?: ProblemSplit | undefined;
  readonly filter?: ProblemFilter | undefined;
  /** Whose pass rates count, by key or name; left out: the model measured last. */
  readonly model?: string | undefined;
}

const VERSION = `SELECT v.*, s.name, s.title, s.created_at_ms AS set_created_at_ms
  FROM problem_versions v JOIN problem_sets s ON s.id = v.set_id`;
/** Characters of a prompt and of an answer in a list. */
const LISTED = 500;
const SORT: { readonly [Sort in ProblemSort]: string } = {
  position: "p.position",
  difficulty: "p.difficulty",
  pass_rate: "1.0 * r.correct / r.samples",
};

/** null: not measured. */
interface MeasuredColumns {
  readonly samples: number | null;
  readonly correct: number | null;
}

export class ProblemRepository {
  readonly #db: Connection;
  readonly #passRates: PassRateRepository;

  constructor(db: Connection, passRates: PassRateRepository) {
    this.#db = db;
    this.#passRates = passRates;
    db.function(HOLDS_TEXT, { deterministic: true }, (text, part) =>
      Number(String(text).toLowerCase().includes(String(part))),
    );
  }

  /** By name. */
  list(): ProblemSetSummary[] {
    return this.#db
      .prepare<[], VersionRow>(
        `${VERSION} WHERE v.version = (SELECT max(version) FROM problem_versions WHERE set_id = s.id)
         ORDER BY s.name`,
      )
      .all()
      .map(summaryOf);
  }

  find(name: string): ProblemSetSummary | null {
    const row = this.#row(name, null);
    return row === undefined ? null : summaryOf(row);
  }

  /** Throws NOT_FOUND. */
  get(name: string): ProblemSetSummary {
    return summaryOf(this.#needed(name, null));
  }

  /** Newest first. Throws NOT_FOUND. */
  versions(name: string): ProblemSetVersion[] {
    const { set_id: setId } = this.#needed(name, null);
    return this.#db
      .prepare<[number], VersionRow>(`${VERSION} WHERE v.set_id = ? ORDER BY v.version DESC`)
      .all(setId)
      .map(versionOf);
  }

  /** @param version null: the newest. Throws NOT_FOUND. */
  version(name: string, version: number | null): ProblemSetVersion {
    return versionOf(this.#needed(name, version));
  }

  /** Every version with these very problems, the oldest first. */
  byContent(contentSha256: string): ProblemSetVersion[] {
    return this.#db
      .prepare<[string], VersionRow>(`${VERSION} WHERE v.content_sha256 = ? ORDER BY v.id`)
      .all(contentSha256)
      .map(versionOf);
  }

  /** The set's next version; makes the set where there is none. Within a transaction of the caller. */
  insert(version: NewProblemVersion, problems: Iterable<IncomingProblem>): ProblemSetVersion {
    this.#db
      .prepare(
        `INSERT INTO problem_sets (name, title, created_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(version.set, version.title, version.createdAtMs);
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO problem_versions (set_id, version, content_sha256, instruction, licence, source,
           created_at_ms, statistics)
         SELECT s.id, 1 + (SELECT coalesce(max(version), 0) FROM problem_versions WHERE set_id = s.id),
           ?, ?, ?, ?, ?, ? FROM problem_sets s WHERE s.name = ?`,
      )
      .run(
        version.contentSha256,
        version.instruction,
        version.licence,
        version.source,
        version.createdAtMs,
        JSON.stringify(version.statistics),
        version.set,
      );
    this.#insertProblems(Number(lastInsertRowid), problems);
    return this.version(version.set, null);
  }

  /** In the set's order. Throws NOT_FOUND, and BAD_INPUT where pass rates are asked for that nobody measured. */
  select(choice: ProblemChoice): SetProblem[] {
    return this.#rows(choice).map(problemOfRow);
  }

  /** As `select`, with the pass rates of the model that was measured last, or is named. */
  measured(choice: ProblemChoice): MeasuredSetProblem[] {
    return this.#rows(choice).map((row) => ({
      ...problemOfRow(row),
      ...(row.samples === null ? {} : { passRate: (row.correct ?? 0) / row.samples }),
    }));
  }

  /** As `select`, one after another, with the numbers of columns as they were written. */
  *written(choice: ProblemChoice): Generator<IncomingProblem> {
    for (const row of this.#rows(choice)) yield writtenProblemOfRow(row);
  }

  /** How many problems there are of a choice. */
  count(choice: ProblemChoice): number {
    const { tables, where, params } = this.#from(choice);
    const row = this.#db
      .prepare<(string | number)[], { n: number }>(`SELECT count(*) AS n ${tables} ${where}`)
      .get(...params);
    return row?.n ?? 0;
  }

  page(
    choice: ProblemChoice,
    page: {
      readonly sort: ProblemSort;
      readonly descending: boolean;
      readonly offset: number;
      readonly limit: number;
    },
  ): ListedProblem[] {
    const { tables, where, params } = this.#from(choice);
    const order = `${SORT[page.sort]} ${page.descending ? "DESC" : "ASC"} NULLS LAST, p.position`;
    return this.#db
      .prepare<(string | number)[], ListRow>(
        // Texts are looked up for the page alone.
        `SELECT n.*, substr(t.prompt, 1, ${LISTED}) AS prompt, substr(t.gold, 1, ${LISTED}) AS gold, t.tags
         FROM (SELECT p.id, p.problem_id, p.position, p.verifier, p.difficulty, p.split, r.samples,
             r.correct, row_number() OVER (ORDER BY ${order}) AS place
           ${tables} ${where} ORDER BY ${order} LIMIT ? OFFSET ?) n
         JOIN problem_texts t ON t.id = n.id ORDER BY n.place`,
      )
      .all(...params, page.limit, page.offset)
      .map(listedOf);
  }

  /** How often each share was reached. Throws BAD_INPUT where nobody measured. */
  passRates(choice: ProblemChoice): { correct: number; samples: number; problems: number }[] {
    const { tables, where, params } = this.#from(choice);
    return this.#db
      .prepare<(string | number)[], { correct: number; samples: number; problems: number }>(
        `SELECT r.correct, r.samples, count(*) AS problems ${tables} ${where} AND r.samples IS NOT NULL
         GROUP BY r.correct, r.samples`,
      )
      .all(...params);
  }

  /** Null where the version has no problem of this id. Throws NOT_FOUND where there is no such version. */
  problem(name: string, version: number | null, id: string): SetProblem | null {
    const filter: ProblemFilter = [{ field: "id", values: [id] }];
    return this.select({ set: name, version, filter })[0] ?? null;
  }

  /** Tags and difficulties of a version, each with its number of problems; the most frequent tags first. */
  facets(
    name: string,
    version: number | null,
  ): {
    tags: { tag: string; problems: number }[];
    difficulties: { difficulty: number | null; problems: number }[];
  } {
    const { id } = this.#needed(name, version);
    return {
      tags: this.#db
        .prepare<[number], { tag: string; problems: number }>(
          `SELECT tag, count(*) AS problems FROM problem_tags WHERE version_id = ?
           GROUP BY tag ORDER BY problems DESC, tag LIMIT 1000`,
        )
        .all(id),
      difficulties: this.#db
        .prepare<[number], { difficulty: number | null; problems: number }>(
          `SELECT difficulty, count(*) AS problems FROM problems WHERE version_id = ?
           GROUP BY difficulty ORDER BY difficulty NULLS LAST LIMIT 1000`,
        )
        .all(id),
    };
  }

  /** What is asked on every set's test side, each problem of a set once. */
  heldOutTexts(): { set: string; title: string; position: number; prompt: string }[] {
    return this.#db
      .prepare<[], { set: string; title: string; position: number; prompt: string }>(
        `SELECT s.name AS "set", s.title, min(p.position) AS position, t.prompt
         FROM problems p JOIN problem_versions v ON v.id = p.version_id
         JOIN problem_sets s ON s.id = v.set_id JOIN problem_texts t ON t.id = p.id
         WHERE p.split = 'test' GROUP BY s.id, p.content ORDER BY s.name, min(v.version), position`,
      )
      .all();
  }

  delete(name: string): void {
    this.#db.prepare("DELETE FROM problem_sets WHERE name = ?").run(name);
  }

  #rows(choice: ProblemChoice): (ProblemRow & MeasuredColumns)[] {
    const { tables, where, params } = this.#from(choice);
    return this.#db
      .prepare<(string | number)[], ProblemRow & MeasuredColumns>(
        `SELECT ${PROBLEM_COLUMNS}, r.samples, r.correct ${tables} JOIN problem_texts t ON t.id = p.id ${where}
         ORDER BY p.position`,
      )
      .all(...params);
  }

  #from({ set, version, split, filter = [], model }: ProblemChoice): {
    readonly tables: string;
    readonly where: string;
    readonly params: readonly (string | number)[];
  } {
    const row = this.#needed(set, version);
    const measured = this.#passRates.modelOf(set, model);
    const asked = model !== undefined || filter.some(({ field }) => field === "pass_rate");
    if (asked && measured === null) {
      throw new AppError(
        "BAD_INPUT",
        model === undefined
          ? `Nobody measured ${set}: its problems have no pass rates.`
          : `${set} was not measured with ${model}.`,
        `\`gradus problems measure ${set} --model ${model ?? "MODEL"} --samples 8\` does.`,
      );
    }
    const where = problemWhere(row.id, [
      ...filter,
      ...(split === undefined ? [] : [{ field: "split" as const, values: [split] }]),
    ]);
    return {
      tables: `FROM problems p LEFT JOIN problem_pass_rates r
        ON r.set_id = ? AND r.model_key = ? AND r.content = p.content`,
      where: `WHERE ${where.sql}`,
      params: [row.set_id, measured?.key ?? "", ...where.params],
    };
  }

  #row(name: string, version: number | null): VersionRow | undefined {
    return this.#db
      .prepare<[string, number | null], VersionRow>(
        `${VERSION} WHERE s.name = ? AND v.version =
           coalesce(?, (SELECT max(version) FROM problem_versions WHERE set_id = s.id))`,
      )
      .get(name, version);
  }

  #needed(name: string, version: number | null): VersionRow {
    const row = this.#row(name, version);
    if (row !== undefined) return row;
    const newest = this.#row(name, null);
    throw newest === undefined
      ? new AppError(
          "NOT_FOUND",
          `There is no problem set "${name}".`,
          "`gradus problems list` shows them all.",
        )
      : new AppError(
          "NOT_FOUND",
          `${name} has no version ${version ?? ""}.`,
          `Its versions are 1 to ${newest.version}.`,
        );
  }

  #insertProblems(versionId: number, problems: Iterable<IncomingProblem>): void {
    const narrow = this.#db.prepare(
      `INSERT INTO problems (version_id, position, problem_id, content, verifier, difficulty, split)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    const texts = this.#db.prepare(
      `INSERT INTO problem_texts (id, prompt, messages, gold, options, solution, tags, columns)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const tag = this.#db.prepare(
      "INSERT INTO problem_tags (version_id, tag, problem) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    let position = 0;
    for (const problem of problems) {
      const { verifier, messages } = problem;
      const { lastInsertRowid: id } = narrow.run(
        versionId,
        position++,
        problem.id,
        problemContent(problem),
        verifier.name,
        problem.difficulty,
        problem.split,
      );
      texts.run(
        id,
        messages.at(-1)?.content ?? "",
        isPlain(problem) ? null : JSON.stringify(messages),
        problem.gold,
        JSON.stringify(verifier.options),
        problem.solution,
        JSON.stringify(problem.tags),
        JSON.stringify(problem.columns),
      );
      for (const one of problem.tags) tag.run(versionId, one, id);
    }
  }
}

/** Whether the problem is one user's turn. */
function isPlain({ messages }: Pick<SetProblem, "messages">): boolean {
  return messages.length === 1 && messages[0]?.role === "user";
}

function listedOf(row: ListRow): ListedProblem {
  const { samples, correct } = row;
  return {
    id: row.problem_id,
    position: row.position,
    prompt: row.prompt,
    gold: row.gold,
    verifier: row.verifier,
    tags: tagsOfRow(row),
    difficulty: row.difficulty,
    split: ProblemSplit.parse(row.split),
    passRate:
      samples === null || correct === null
        ? null
        : { samples, correct, interval: wilsonInterval(correct, samples) },
  };
}
