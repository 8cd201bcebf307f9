/** Beside every step: the estimate, and the recipe as text, as its changes, and as a command. */
import { useDebouncedValue } from "@mantine/hooks";
import { lazy, Suspense, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { OptionDifferences } from "#renderer/ui/pipelines/option-differences.tsx";
import { SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useDraft } from "./document/draft-value.ts";
import { EstimateRegion } from "./estimate-region.tsx";

const YamlEditor = lazy(async () => ({
  default: (await import("./fields/yaml-editor.tsx")).YamlEditor,
}));

export type Differences = Awaited<ReturnType<typeof host.recipes.compare>>;

const NOTHING: Differences = { options: [], lines: [] };

/** What differs from the text that the recipe began with. */
export function useChanges(startYaml: string, text: string): Differences {
  const [found, setFound] = useState<Differences>(NOTHING);
  const [settled] = useDebouncedValue(text, 300);
  useEffect(() => {
    const abort = new AbortController();
    host.recipes
      .compare({ a: { yaml: startYaml }, b: { yaml: settled } }, { signal: abort.signal })
      .then(setFound)
      // The line is down: what was found last stays.
      .catch(() => undefined);
    return () => abort.abort();
  }, [startYaml, settled]);
  return found;
}

export interface RecipeAsideProps {
  readonly saved: SavedRecipe;
  readonly changes: Differences;
  readonly machineBytes: number;
  readonly shown: number | undefined;
  readonly focusCount: number;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
}

export function RecipeAside(props: RecipeAsideProps): ReactNode {
  const { saved, changes, machineBytes } = props;
  const { text, change, problems, estimate, checked } = useDraft();
  const [tab, setTab] = useFilter("aside", "yaml");
  return (
    <aside className="region" aria-label="Estimate and text">
      <div className="head">
        <h2>Estimate</h2>
      </div>
      <EstimateRegion estimate={estimate} checked={checked} machineBytes={machineBytes} />
      <div className="head bt">
        <div className="tabs" role="tablist" aria-label="The recipe as">
          <Tab id="yaml" chosen={tab} onChoose={setTab}>
            YAML
          </Tab>
          <Tab id="changes" chosen={tab} onChoose={setTab}>
            Changes {changes.options.length}
          </Tab>
          <Tab id="command" chosen={tab} onChoose={setTab}>
            Command
          </Tab>
        </div>
        {tab === "yaml" && (
          <span className="end s12 t3 opt">
            Edit here <KeyCaps keys="Y" />
          </span>
        )}
      </div>
      <div className="grow well bt asidebody">
        {tab === "changes" ? (
          <div className="scroll" tabIndex={0} role="region" aria-label="Changes">
            <p className="s11 t3 pad">
              {changes.options.length === 0
                ? "As it began."
                : `${plural(changes.options.length, "option")} changed since it began.`}
            </p>
            <OptionDifferences options={changes.options} a="before" b="now" />
          </div>
        ) : tab === "command" ? (
          <Commands id={saved.id} />
        ) : (
          <Suspense fallback={<SkeletonRows />}>
            <YamlEditor
              text={text}
              problems={problems}
              onChange={(next) => change("edit the text", () => next)}
              onUndo={props.onUndo}
              onRedo={props.onRedo}
              shown={props.shown}
              focusCount={props.focusCount}
            />
          </Suspense>
        )}
      </div>
    </aside>
  );
}

function Tab({
  id,
  chosen,
  onChoose,
  children,
}: {
  readonly id: string;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <button type="button" role="tab" aria-selected={chosen === id} onClick={() => onChoose(id)}>
      {children}
    </button>
  );
}

function Commands({ id }: { readonly id: string }): ReactNode {
  const lines = [
    ["Check it", `gradus recipes check ${id}`],
    ["Run it", `gradus run ${id}`],
    ["Run it with another seed", `gradus run ${id} seed=2`],
    ["Sweep over an option", `gradus run ${id} --sweep seed=1,2,3`],
    ["Write its text to a file", `gradus recipes show ${id} --out recipe.yaml`],
    ["For TRL", `gradus recipes export ${id} --to trl --out FOLDER`],
  ] as const;
  return (
    <dl className="commands">
      {lines.map(([what, command]) => (
        <div key={command}>
          <dt className="s11 t3">{what}</dt>
          <dd className="out">{command}</dd>
        </div>
      ))}
    </dl>
  );
}
