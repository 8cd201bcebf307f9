/** A stage's rewards in files of one's own: begun with a text that works, opened, and brought into the workspace. */
import { useState } from "react";
import type { ReactNode } from "react";
import { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { FileReward, RewardSpec } from "#shared/schema/reward.ts";
import { RewardPath } from "#shared/schema/reward-file.ts";
import type { RewardLanguage } from "#shared/schema/reward-file.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery, rewardFilesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { getValue, textAt } from "../document/plain-value.ts";
import { RewardEditor } from "./reward-editor.tsx";
import { ENDINGS, languageOf, STARTING_TEXT } from "./starting-text.ts";

const LANGUAGES = [
  { value: "python", label: "Python" },
  { value: "javascript", label: "JavaScript" },
] as const;
/** A new reward's weight. */
const WEIGHT = 0.1;

export interface RewardFilesProps {
  /** The stage's place in the recipe. */
  readonly index: number;
  readonly rewards: readonly RewardSpec[];
  readonly onChange: (rewards: readonly RewardSpec[]) => void;
}

export function RewardFiles({ index, rewards, onChange }: RewardFilesProps): ReactNode {
  const { value } = useDraft();
  const workspace = useQuery(infoQuery).data?.workspace.path;
  const known = useQuery(rewardFilesQuery).data ?? [];
  const [open, setOpen] = useState<RewardPath>();
  const act = useAct();
  const own = rewards.filter((spec): spec is FileReward => "file" in spec);
  const source = ProblemData.safeParse(getValue(value, ["stages", index, "data"])).data;
  const exists = (file: string): boolean => known.some((one) => one.file === file);
  /** Writes a file of the workspace, and has the stage name it, in the place of `spec` where it is given. */
  const write = (file: string, text: () => Promise<string>, spec?: FileReward): void => {
    void act.run(async () => {
      const path = RewardPath.parse(file);
      await host.rewards.save({ file: path, text: await text(), sha256: null });
      const named = { weight: spec?.weight ?? WEIGHT, name: spec?.name, file: path };
      onChange(
        spec === undefined
          ? [...rewards, named]
          : rewards.map((one) => (one === spec ? named : one)),
      );
      setOpen(path);
    });
  };
  const unused = known.filter(
    ({ file }) => !file.endsWith(".md") && !own.some((spec) => spec.file === file),
  );
  return (
    <>
      <div className="sec bt">
        <h2>Files of your own</h2>
        <span className="t3 s12">Python or JavaScript, in the workspace’s folder rewards</span>
      </div>
      {own.map((spec) => (
        <OwnFile
          key={rewardName(spec)}
          spec={spec}
          exists={exists(spec.file)}
          opened={open === spec.file}
          busy={act.busy}
          onOpen={setOpen}
          onWrite={(file, text) => write(file, text, spec)}
        />
      ))}
      <NewFile
        stage={textAt(value, ["stages", index, "name"])}
        busy={act.busy}
        taken={exists}
        unused={unused.map(({ file }) => file)}
        onWrite={(file, language) => write(file, () => Promise.resolve(STARTING_TEXT[language]))}
        onUse={(file) => {
          onChange([...rewards, { file, weight: WEIGHT }]);
          setOpen(file);
        }}
      />
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {open !== undefined && workspace !== undefined && exists(open) && (
        <RewardEditor
          key={open}
          workspace={workspace}
          file={open}
          source={source}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

interface OwnFileProps {
  readonly spec: FileReward;
  /** In the workspace, by its path. */
  readonly exists: boolean;
  readonly opened: boolean;
  readonly busy: boolean;
  readonly onOpen: (file: RewardPath) => void;
  readonly onWrite: (file: string, text: () => Promise<string>) => void;
}

function OwnFile({ spec, exists, opened, busy, onOpen, onWrite }: OwnFileProps): ReactNode {
  const path = RewardPath.safeParse(spec.file);
  const target = path.data ?? `rewards/${fileNameOf(spec.file)}`;
  const kept = spec.sha256 !== undefined;
  const readKept = async (): Promise<string> =>
    (await host.rewards.text({ file: spec.file, sha256: spec.sha256 })).text;
  return (
    <div className="fr ownfile">
      <div>
        <div className="mono ell" title={spec.file}>
          {spec.file}
        </div>
        <div className="s11 t3">
          {kept ? "the text that was kept with the recipe" : exists ? "" : "not in the workspace"}
        </div>
      </div>
      <div className="flex">
        {path.success && exists && !kept ? (
          <button
            type="button"
            className="btn small"
            aria-expanded={opened}
            onClick={() => onOpen(path.data)}
          >
            Edit<span className="visually-hidden"> {spec.file}</span>
          </button>
        ) : kept ? (
          <button
            type="button"
            className="btn small"
            disabled={busy}
            onClick={() => onWrite(target, readKept)}
          >
            Edit a copy<span className="visually-hidden"> of {spec.file}</span>
          </button>
        ) : (
          <>
            <button
              type="button"
              className="btn small"
              disabled={busy}
              onClick={() =>
                onWrite(target, () => Promise.resolve(STARTING_TEXT[languageOf(target)]))
              }
            >
              Write it<span className="visually-hidden">: {spec.file}</span>
            </button>
            <label className="btn small quiet">
              Choose its file…
              <input
                type="file"
                className="visually-hidden"
                accept=".py,.js,.mjs,.ts"
                disabled={busy}
                onChange={(event) => {
                  const [chosen] = event.currentTarget.files ?? [];
                  if (chosen !== undefined) onWrite(target, () => chosen.text());
                }}
              />
            </label>
          </>
        )}
      </div>
      <span />
    </div>
  );
}

interface NewFileProps {
  /** Its name: a recipe's stages have their rewards on one page. */
  readonly stage: string;
  readonly busy: boolean;
  readonly taken: (file: string) => boolean;
  /** Files of the workspace that the stage does not name. */
  readonly unused: readonly RewardPath[];
  readonly onWrite: (file: string, language: RewardLanguage) => void;
  readonly onUse: (file: RewardPath) => void;
}

function NewFile({ stage, busy, taken, unused, onWrite, onUse }: NewFileProps): ReactNode {
  const { broken } = useDraft();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<RewardLanguage>("python");
  const file = `rewards/${name.trim()}${ENDINGS[language]}`;
  const sound = RewardPath.safeParse(file).success;
  const why =
    name === "" || (sound && !taken(file))
      ? undefined
      : sound
        ? `${file} is there already.`
        : "Letters, digits, dots, dashes and underscores.";
  return (
    <form
      className="sectext flex"
      onSubmit={(event) => {
        event.preventDefault();
        if (!sound || taken(file)) return;
        onWrite(file, language);
        setName("");
      }}
    >
      <label className="flex">
        <span className="s12 t2">New file</span>
        <input
          className={why === undefined ? "input mono" : "input mono bad"}
          style={{ width: 144 }}
          aria-label={`Name of the new reward file of ${stage}`}
          aria-invalid={why !== undefined}
          placeholder="short"
          value={name}
          disabled={broken}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Segments
        label={`Language of the new reward file of ${stage}`}
        slim
        value={language}
        onChange={setLanguage}
        segments={LANGUAGES}
      />
      <button
        type="submit"
        className="btn small"
        disabled={busy || broken || !sound || taken(file)}
      >
        Write it
      </button>
      {unused.map((one) => (
        <button
          key={one}
          type="button"
          className="btn small quiet"
          disabled={busy || broken}
          onClick={() => onUse(one)}
        >
          Use {one.slice("rewards/".length)}
        </button>
      ))}
      {why !== undefined && (
        <span className="fc warn" role="status">
          {why}
        </span>
      )}
    </form>
  );
}

function fileNameOf(path: string): string {
  return path.split(/[/\\]/u).at(-1) ?? path;
}
