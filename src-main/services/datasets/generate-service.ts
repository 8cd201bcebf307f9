/**
 * Records from a teacher. Each sample is judged by the task's rule (or the right answer) when it
 * arrives and is a record at once; what was sampled is remembered, so that a job that ended early
 * goes on with the rest. The job's records are one edit.
 */
import { counted } from "#shared/counted.ts";
import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors.ts";
import type { GenerateRequest } from "#shared/contract/generate.ts";
import type { DatasetId, DatasetJob, RecordMessages } from "#shared/schema/dataset.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { splitReasoning } from "#shared/schema/record-text.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { answerIn } from "#main/core/verifiers/judging/score-text.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { rangesOf } from "#main/store/id-ranges.ts";
import type { Store } from "#main/store/store.ts";
import type { GenerationEvent, GenerationRequest } from "../endpoints/generate-completions.ts";
import { tokensOf } from "../endpoints/token-cost.ts";
import type { DatasetService } from "./dataset-service.ts";
import type { JobControl } from "./dataset-jobs.ts";
import { teacherPrompts } from "./teacher-prompts.ts";
import type { TeacherPrompt } from "./teacher-prompts.ts";
import { recordsText } from "./record-edits.ts";

type Sample = Extract<GenerationEvent, { type: "sample" }>;

export interface GenerateDeps {
  readonly store: Store;
  readonly datasets: DatasetService;
  readonly sets: SetReader;
  readonly tasks: OutsideTasks;
  readonly publish: (events: readonly LiveEvent[]) => void;
  readonly generate: (
    request: GenerationRequest,
    signal: AbortSignal,
  ) => AsyncGenerator<GenerationEvent>;
  readonly now: () => number;
}

/** Between two announcements that a dataset grew. */
const ANNOUNCE_EVERY_MS = 500;

/** What a job says that nobody ended: its host did. */
const CUT_OFF = {
  message: "The host ended while it was sampling.",
  advice: "Resume it: what was sampled is kept.",
};

export class GenerateService {
  readonly #deps: GenerateDeps;
  #announcedAtMs = 0;

  constructor(deps: GenerateDeps) {
    this.#deps = deps;
  }

  /** Throws NOT_FOUND, CONFLICT where the new dataset's name is taken, BAD_RECIPE. */
  async start(request: GenerateRequest): Promise<DatasetJob> {
    const { datasets, store } = this.#deps;
    const asked = await teacherPrompts(request, this.#deps);
    const datasetId =
      "datasetId" in request.into
        ? datasets.get(request.into.datasetId).id
        : datasets.create(request.into.name).id;
    const id = `g-${randomUUID().slice(0, 8)}`;
    return this.#run(id, request, datasetId, asked, (job) => {
      store.generated.insert({ job, request, datasetId });
    });
  }

  /** Throws NOT_FOUND, CONFLICT where it runs or has nothing left to do. */
  async resume(id: string): Promise<DatasetJob> {
    const { datasets, store } = this.#deps;
    const entry = store.generated.get(id);
    if (entry === undefined) {
      throw new AppError(
        "NOT_FOUND",
        `There is no job "${id}".`,
        "The list of jobs has their ids.",
      );
    }
    if (datasets.jobs.isRunning(id)) throw new AppError("CONFLICT", "The job is at work.");
    const asked = await teacherPrompts(entry.request, this.#deps);
    if (datasets.jobs.isRunning(id)) throw new AppError("CONFLICT", "The job is at work.");
    if (store.generated.done(id).size >= asked.length * entry.request.n) {
      throw new AppError("CONFLICT", "The job has sampled everything it was asked for.");
    }
    datasets.get(entry.datasetId);
    // What an attempt brought that came to its end is an edit already.
    const known = entry.job.error?.message === CUT_OFF.message ? [] : store.generated.recordIds(id);
    const keep = (job: DatasetJob): void => {
      store.generated.setJob(job);
    };
    return this.#run(id, entry.request, entry.datasetId, asked, keep, new Set(known));
  }

  list(): { job: DatasetJob; request: GenerateRequest; prompts: number }[] {
    const { datasets, store } = this.#deps;
    return store.generated.list().map(({ job, request }) => ({
      job: datasets.jobs.isRunning(job.id) ? datasets.jobs.get(job.id) : job,
      request,
      prompts: countPrompts(request),
    }));
  }

  #run(
    id: string,
    request: GenerateRequest,
    datasetId: DatasetId,
    asked: readonly TeacherPrompt[],
    keep: (job: DatasetJob) => void,
    known: ReadonlySet<number> = new Set(),
  ): DatasetJob {
    const { datasets, store } = this.#deps;
    const before = store.generated.totals(id);
    const done = store.generated.done(id);
    const job = datasets.jobs.start(
      {
        id,
        kind: "generate",
        datasetId,
        title: "model" in request.teacher ? request.teacher.model : request.teacher.endpointId,
        phase: "sampling",
        unit: "samples",
        done: done.size,
        total: asked.length * request.n,
        added: before.kept,
        sampled: before.sampled,
        accepted: before.accepted,
        costUsd: before.costUsd,
        unpricedTokens: before.unpricedTokens,
      },
      (control) => this.#sample(control, request, datasetId, asked, done, known),
    );
    const unended = { ...job, state: "failed" as const, error: CUT_OFF };
    store.transaction(() => {
      keep(unended);
    });
    void datasets.jobs.settled(id).then((ended) => {
      store.transaction(() => {
        store.generated.setJob(ended);
      });
    });
    return job;
  }

  async #sample(
    control: JobControl,
    request: GenerateRequest,
    datasetId: DatasetId,
    asked: readonly TeacherPrompt[],
    done: ReadonlySet<string>,
    known: ReadonlySet<number>,
  ): Promise<void> {
    const { store, generate } = this.#deps;
    const before = store.generated.totals(control.id);
    const budgetUsd =
      request.budgetUsd === undefined ? undefined : request.budgetUsd - (before.costUsd ?? 0);
    let bad = 0;
    try {
      const events = generate(
        {
          teacher: request.teacher,
          prompts: asked.map(({ prompt }) => promptOf(request, prompt)),
          n: request.n,
          skip: done,
          temperature: request.temperature,
          top_p: request.topP,
          max_tokens: request.maxTokens,
          seed: request.seed,
          ...(budgetUsd === undefined ? {} : { budgetUsd }),
        },
        control.signal,
      );
      let handled = done.size;
      for await (const event of events) {
        if (event.type === "budget") {
          control.update({ phase: `the budget does not allow the ${event.left} samples left` });
          break;
        }
        handled++;
        if (event.type === "sample") {
          const right = await this.#judgedElsewhere(asked[event.prompt], event, control.signal);
          this.#keepSample(control.id, request, datasetId, asked, event, right);
        } else {
          bad++;
          const { prompt, sample } = event;
          store.transaction(() => {
            store.generated.addSample(control.id, {
              prompt,
              sample,
              verdict: null,
              costUsd: null,
              unpricedTokens: 0,
              recordId: null,
            });
          });
        }
        const { kept, ...totals } = store.generated.totals(control.id);
        control.update({ ...totals, done: handled, added: kept, bad });
      }
    } finally {
      this.#finish(control.id, request, datasetId, before.costUsd ?? 0, known);
    }
    control.signal.throwIfAborted();
  }

  /** Undefined where the record's own measuring judges. */
  async #judgedElsewhere(
    question: TeacherPrompt | undefined,
    sample: Sample,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const problem = question?.elsewhere;
    if (problem === undefined || problem === null) return undefined;
    const answer = answerIn(problem, sample.text, "lenient", "tags");
    if (answer === null) return false;
    const task = await this.#deps.tasks.ofVerifier(problem.verifier);
    const [verdict] = await task.verify([{ problem, answer }], signal);
    return verdict?.correct === true;
  }

  #keepSample(
    jobId: string,
    request: GenerateRequest,
    datasetId: DatasetId,
    asked: readonly TeacherPrompt[],
    sample: Sample,
    judged: boolean | undefined,
  ): void {
    const { store, datasets, now, publish } = this.#deps;
    const question = asked[sample.prompt];
    if (question === undefined) throw new Error(`the teacher answered prompt ${sample.prompt}`);
    const messages = messagesOf(request, question.prompt, sample);
    const measured = datasets.benchmarks.measure(messages, question.reference);
    // A text that was cut off is no example, whatever stands in it.
    const cutOff = sample.finishReason === "length";
    const own =
      judged === undefined ? measured.facts.verdict : judged ? ("correct" as const) : "wrong";
    const verdict = cutOff ? "wrong" : own;
    store.transaction(() => {
      const keep = verdict !== "wrong" || request.keepWrong;
      const [recordId] = keep
        ? store.recordWriter.stage(
            datasetId,
            [
              {
                ...measured,
                metadata: cutOff ? { finish_reason: "length" } : {},
                reference: question.reference,
                source: {
                  kind: "generated",
                  file: null,
                  line: null,
                  teacher:
                    "model" in request.teacher ? request.teacher.model : request.teacher.endpointId,
                  runId: null,
                  sampling: {
                    temperature: request.temperature,
                    top_p: request.topP,
                    max_tokens: request.maxTokens,
                    seed: request.seed,
                    prompt: sample.prompt,
                    sample: sample.sample,
                  },
                  costUsd: sample.costUsd,
                },
                tags: [],
                status: verdict === "wrong" ? "rejected" : "pending",
              },
            ],
            "generated",
            now(),
          )
        : [];
      if (recordId !== undefined) {
        const ids = rangesOf([recordId]);
        store.changeRecords(datasetId, { set: "deleted", ids, value: false });
      }
      store.generated.addSample(jobId, {
        prompt: sample.prompt,
        sample: sample.sample,
        verdict,
        costUsd: sample.costUsd,
        unpricedTokens: sample.costUsd === null ? tokensOf(sample) : 0,
        recordId: recordId ?? null,
      });
    });
    if (now() - this.#announcedAtMs < ANNOUNCE_EVERY_MS) return;
    this.#announcedAtMs = now();
    publish([{ type: "dataset", datasetId, recordIds: null }]);
  }

  /** The records as one edit, so that undo takes them back together; and what they cost in the ledger. */
  #finish(
    jobId: string,
    request: GenerateRequest,
    datasetId: DatasetId,
    spentBefore: number,
    known: ReadonlySet<number>,
  ): void {
    const { store, datasets, now, publish } = this.#deps;
    const ids = store.generated.recordIds(jobId).filter((id) => !known.has(id));
    const { costUsd, accepted, sampled } = store.generated.totals(jobId);
    const name = "model" in request.teacher ? request.teacher.model : request.teacher.endpointId;
    if (ids.length > 0) {
      datasets.writeArrival(
        datasetId,
        `generate ${recordsText(ids.length, undefined)} with ${name}`,
        ids,
      );
    }
    const spent = (costUsd ?? 0) - spentBefore;
    if (spent <= 0) return;
    store.transaction(() => {
      store.ledger.add({
        timeMs: now(),
        kind: "endpointId" in request.teacher ? "api" : "rent",
        note: `${counted(sampled, "sample")} of ${name} for ${datasetId}, ${accepted} of them right`,
        pipelineId: null,
        quantity: spent,
        unit: "$",
        usdPerUnit: 1,
        how: "metered",
      });
    });
    publish([{ type: "ledger" }]);
  }
}

function countPrompts({ prompts }: GenerateRequest): number {
  return "list" in prompts ? prompts.list.length : prompts.count;
}

function promptOf(request: GenerateRequest, prompt: string): InferencePrompt {
  return {
    messages: [
      ...(request.system === undefined
        ? []
        : [{ role: "system" as const, content: request.system }]),
      { role: "user", content: prompt },
    ],
  };
}

function messagesOf(request: GenerateRequest, prompt: string, sample: Sample): RecordMessages {
  // A model may write anything; what no file can keep is replaced.
  const text = sample.text.toWellFormed().replaceAll("\0", "\uFFFD");
  const parts =
    sample.reasoning === null
      ? splitReasoning(text)
      : {
          reasoning: sample.reasoning.toWellFormed().replaceAll("\0", "\uFFFD"),
          content: text,
        };
  return [
    ...(request.system === undefined
      ? []
      : [{ role: "system" as const, content: request.system, reasoning: null }]),
    { role: "user", content: prompt, reasoning: null },
    { role: "assistant", ...parts },
  ];
}
