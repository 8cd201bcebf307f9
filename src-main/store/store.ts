/** The workspace's store: the database's repositories behind one door. May import #shared and platform only. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { Checkpoint, RunId } from "#shared/schema/run.ts";
import { AnnotationRepository } from "./repositories/annotation-repository.ts";
import { BenchmarkRepository } from "./repositories/benchmark-repository.ts";
import { CompletionRepository } from "./repositories/completion-repository.ts";
import { CostRepository } from "./repositories/cost-repository.ts";
import { openDatabase, schemaVersion, withStoreErrors } from "./database.ts";
import type { Connection } from "./database.ts";
import { DatasetRepository } from "./repositories/dataset-repository.ts";
import { DuplicateIndex } from "./records/duplicate-index.ts";
import { EditRepository } from "./repositories/edit-repository.ts";
import { AgreementRepository } from "./repositories/agreement-repository.ts";
import { EndpointAnswerRepository } from "./repositories/endpoint-answer-repository.ts";
import { EndpointRepository } from "./repositories/endpoint-repository.ts";
import { EvaluationRepository } from "./repositories/evaluation-repository.ts";
import { GenerateRepository } from "./repositories/generate-repository.ts";
import { HistoryRepository } from "./repositories/history-repository.ts";
import { KeptTextRepository } from "./repositories/kept-text-repository.ts";
import { LedgerRepository } from "./repositories/ledger-repository.ts";
import { MetricRepository } from "./repositories/metric-repository.ts";
import { ModelRepository } from "./repositories/model-repository.ts";
import { PassRateRepository } from "./repositories/pass-rate-repository.ts";
import { PipelineRepository } from "./repositories/pipeline-repository.ts";
import { ProblemRepository } from "./repositories/problem-repository.ts";
import { QueueRepository } from "./repositories/queue-repository.ts";
import { RecipeRepository } from "./repositories/recipe-repository.ts";
import { applyRecordChange } from "./records/record-changes.ts";
import type { RecordChange } from "./records/record-changes.ts";
import { RecordDetailRepository } from "./records/record-details.ts";
import { RecordRepository } from "./repositories/record-repository.ts";
import { RecordWriter } from "./records/record-writer.ts";
import { relocate } from "./relocate.ts";
import { ReviewRepository } from "./repositories/review-repository.ts";
import { PlaygroundRepository } from "./repositories/playground-repository.ts";
import { RolloutRepository } from "./repositories/rollout-repository.ts";
import { RunRepository } from "./repositories/run-repository.ts";
import { sameFileCheck } from "./same-file.ts";
import { SettingRepository } from "./repositories/setting-repository.ts";
import { SweepRepository } from "./repositories/sweep-repository.ts";
import { UnwrittenStates } from "./unwritten-states.ts";
import { VersionRepository } from "./repositories/version-repository.ts";

export class Store {
  readonly runs: RunRepository;
  readonly pipelines: PipelineRepository;
  readonly metrics: MetricRepository;
  readonly rollouts: RolloutRepository;
  readonly evaluations: EvaluationRepository;
  readonly history: HistoryRepository;
  readonly costs: CostRepository;
  readonly ledger: LedgerRepository;
  readonly passRates: PassRateRepository;
  readonly problems: ProblemRepository;
  readonly completions: CompletionRepository;
  readonly benchmarks: BenchmarkRepository;
  readonly settings: SettingRepository;
  readonly models: ModelRepository;
  readonly endpoints: EndpointRepository;
  readonly endpointAnswers: EndpointAnswerRepository;
  readonly agreements: AgreementRepository;
  readonly playground: PlaygroundRepository;
  readonly datasets: DatasetRepository;
  readonly records: RecordRepository;
  readonly recordDetails: RecordDetailRepository;
  readonly recordWriter: RecordWriter;
  readonly versions: VersionRepository;
  readonly edits: EditRepository;
  readonly reviews: ReviewRepository;
  readonly generated: GenerateRepository;
  readonly recipes: RecipeRepository;
  readonly keptTexts: KeptTextRepository;
  readonly sweeps: SweepRepository;
  readonly queue: QueueRepository;
  readonly annotations: AnnotationRepository;
  readonly unwritten = new UnwrittenStates();
  readonly #db: Connection;
  readonly #check: () => void;

  /** @param check throws where the database's file is not there any more. */
  constructor(
    db: Connection,
    now: () => number,
    monotonic: () => number,
    check: () => void = () => undefined,
  ) {
    this.#db = db;
    this.#check = check;
    this.runs = new RunRepository(db, this.unwritten, monotonic);
    this.pipelines = new PipelineRepository(db, this.runs, this.unwritten, now);
    this.metrics = new MetricRepository(db);
    this.rollouts = new RolloutRepository(db);
    this.evaluations = new EvaluationRepository(db);
    this.history = new HistoryRepository(db);
    this.costs = new CostRepository(db);
    this.ledger = new LedgerRepository(db);
    this.passRates = new PassRateRepository(db);
    this.problems = new ProblemRepository(db, this.passRates);
    this.completions = new CompletionRepository(db);
    this.benchmarks = new BenchmarkRepository(this.problems);
    this.settings = new SettingRepository(db);
    this.models = new ModelRepository(db);
    this.endpoints = new EndpointRepository(db);
    this.endpointAnswers = new EndpointAnswerRepository(db);
    this.agreements = new AgreementRepository(db);
    this.playground = new PlaygroundRepository(db);
    const duplicates = new DuplicateIndex(db);
    this.datasets = new DatasetRepository(db);
    this.records = new RecordRepository(db, duplicates);
    this.recordDetails = new RecordDetailRepository(db);
    this.recordWriter = new RecordWriter(db, duplicates);
    this.versions = new VersionRepository(db);
    this.edits = new EditRepository(db);
    this.reviews = new ReviewRepository(db);
    this.generated = new GenerateRepository(db);
    this.recipes = new RecipeRepository(db);
    this.keptTexts = new KeptTextRepository(db);
    this.sweeps = new SweepRepository(db);
    this.queue = new QueueRepository(db);
    this.annotations = new AnnotationRepository(db);
  }

  /** All of `work` or nothing, on disk when this returns. Throws DISK_FULL or WORKSPACE_READ_ONLY. */
  transaction<T>(work: () => T): T {
    return withStoreErrors(() => {
      this.#check();
      return this.#db.transaction(work).immediate();
    });
  }

  /**
   * A transaction that may be lost with the machine's power, whole: for what nobody was told of yet. The next
   * `transaction` puts it on disk with itself, since both go through the same log in order.
   */
  provisionalTransaction<T>(work: () => T): T {
    this.#db.pragma("synchronous = NORMAL");
    try {
      return this.transaction(work);
    } finally {
      this.#db.pragma("synchronous = FULL");
    }
  }

  /**
   * Takes a run back to a checkpoint, or to its beginning: what it recorded of later steps goes, and
   * will come again.
   */
  rewind(runId: RunId, checkpoint: Pick<Checkpoint, "step" | "createdAtMs"> | undefined): void {
    const step = checkpoint?.step ?? 0;
    this.transaction(() => {
      this.metrics.deleteAfter(runId, step, checkpoint?.createdAtMs ?? 0);
      this.rollouts.deleteAfter(runId, step);
      this.evaluations.deleteFrom(runId, step);
      this.history.deleteAfter(runId, step);
      this.runs.setLastStep(runId, step);
    });
  }

  /** What every benchmark of the workspace asks, each problem once. */
  benchmarkProblems(): { benchmark: string; id: string; prompt: string }[] {
    return [...this.benchmarks.problemTexts(), ...this.evaluations.problemTexts()];
  }

  /** Applies one change of an edit to records. Within a transaction of the caller. */
  changeRecords(datasetId: DatasetId, change: RecordChange): void {
    applyRecordChange(this.#db, this.recordWriter, datasetId, change);
  }

  get schemaVersion(): number {
    return schemaVersion(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}

/** Opens the database file, creating and migrating it unless read-only. */
export function openStore(
  file: string,
  options: {
    readonly readonly?: boolean;
    readonly now?: () => number;
    /** Milliseconds of a clock that only goes forward: what took how long. A clock that is passed in as `now` is its own. */
    readonly monotonic?: () => number;
    /** Of the workspace: where the database tells of another, it was moved or copied, and is told. */
    readonly root?: string;
  } = {},
): Store {
  const db = openDatabase(file, { readonly: options.readonly === true });
  const monotonic = options.monotonic ?? options.now ?? (() => performance.now());
  const store = new Store(db, options.now ?? Date.now, monotonic, sameFileCheck(file));
  const { root } = options;
  if (root !== undefined) {
    try {
      store.transaction(() => relocate(db, root));
    } catch (error) {
      db.close();
      throw error;
    }
  }
  return store;
}
