/** Answers what the engine of one attempt asks: its judges' verdicts, its teacher's completions. What it cannot answer, it refuses in words. */
import { readFileSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { StageAnswer, StageQuestion } from "#shared/schema/engine-protocol.ts";
import { endpointTeacher } from "#shared/schema/recipe.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { Run } from "#shared/schema/run.ts";
import { PauseSwitch } from "#main/processes/engine/pause-switch.ts";
import type { StageQuestions } from "#main/processes/engine/supervisor.ts";
import type { PaidHost } from "../endpoints/paid-endpoint.ts";
import { RemoteTeacher } from "../endpoints/remote-teacher.ts";
import { Judge } from "../judges/judge.ts";

export class StageAnswers implements StageQuestions {
  readonly #host: PaidHost;
  readonly #run: Run;
  readonly #files: Readonly<Record<string, string>>;
  readonly #pause = new PauseSwitch();
  readonly #judges = new Map<string, Judge>();
  #teacher: RemoteTeacher | undefined;

  /** @param files of the run's rewards, by the SHA-256 of their texts */
  constructor(host: PaidHost, run: Run, files: Readonly<Record<string, string>>) {
    this.#host = host;
    this.#run = run;
    this.#files = files;
  }

  async answer(question: StageQuestion, signal: AbortSignal): Promise<StageAnswer> {
    try {
      return await this.#answer(question, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, advice = null } = error;
      return { kind: "refused", code, message, advice };
    }
  }

  pause(paused: boolean): void {
    if (paused) this.#pause.set();
    else this.#pause.release();
  }

  async #answer(question: StageQuestion, signal: AbortSignal): Promise<StageAnswer> {
    if (question.kind === "teacher") {
      const completions = await this.#remoteTeacher().completions(question.prompts, signal);
      return { kind: "teacher", completions };
    }
    const verdicts = await this.#judge(question.reward).verdicts(question.texts, signal);
    return { kind: "judge", verdicts: [...verdicts] };
  }

  #remoteTeacher(): RemoteTeacher {
    const { config, id: runId } = this.#run;
    const teacher = endpointTeacher(config);
    if (teacher === undefined || !("max_completion_length" in config))
      throw new Error("the stage has no teacher behind an endpoint");
    this.#teacher ??= new RemoteTeacher(this.#host, {
      teacher,
      sampling: config,
      runId,
      pause: this.#pause,
    });
    return this.#teacher;
  }

  #judge(name: string): Judge {
    const known = this.#judges.get(name);
    if (known !== undefined) return known;
    const { config, id: runId } = this.#run;
    const spec = rewardsOfStage(config).find(
      (one): one is JudgeReward => "judge" in one && rewardName(one) === name,
    );
    if (spec === undefined) throw new Error(`the stage has no judge ${name}`);
    const judge = new Judge(this.#host, {
      spec,
      rubric: this.#rubricOf(spec),
      runId,
      pause: this.#pause,
    });
    this.#judges.set(name, judge);
    return judge;
  }

  #rubricOf({ rubric, sha256 }: JudgeReward): string | null {
    if (rubric === undefined) return null;
    const path = this.#files[sha256 ?? ""];
    if (path === undefined) throw new Error(`the run kept no rubric ${rubric}`);
    return readFileSync(path, "utf8");
  }
}
