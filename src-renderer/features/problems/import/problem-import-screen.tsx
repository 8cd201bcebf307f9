/** Importing problems: what a file is, which column becomes what, how its lines would come in, which would not. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { ProblemMapping } from "#shared/schema/problem-import.ts";
import type { ProblemImportOutcome } from "#shared/schema/problem-import.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { FilePicker } from "#renderer/ui/files/file-picker.tsx";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import { FormatField } from "#renderer/ui/files/format-field.tsx";
import { ImportHead } from "#renderer/ui/files/import-head.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import "../problems.css";
import { FIRST_CHOICE, nameFrom, requestOf, whyNot } from "./import-choice.ts";
import { ImportFields } from "./import-fields.tsx";
import { ImportOutcome, isClean } from "./import-outcome.tsx";
import { ProblemPreview } from "./problem-preview.tsx";
import { useProblemInspection } from "./use-problem-inspection.ts";

const CRUMBS = [{ label: "Problems", href: hrefTo(["problems"]) }, { label: "Import" }];

export function ProblemImportScreen(): ReactNode {
  const [into] = useFilter("into");
  const [picked, setPicked] = useState<PickedFile>();
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const [outcome, setOutcome] = useState<ProblemImportOutcome>();
  const act = useAct();
  const inspection = useProblemInspection(picked, choice.readAs);
  const found = inspection.data;
  const mapping = useMemo(
    () =>
      found === undefined
        ? undefined
        : ProblemMapping.parse({ ...found.mapping, ...choice.readAs.mapping }),
    [found, choice.readAs.mapping],
  );
  const change = (part: Partial<typeof FIRST_CHOICE>): void =>
    setChoice((before) => ({ ...before, ...part }));
  const reason = mapping === undefined ? "Choose a file first." : whyNot(choice, mapping);
  const start = (): void => {
    if (picked === undefined || mapping === undefined) return;
    void act.run(async () => {
      const came = await host.problems.import({
        file: picked.file,
        ...requestOf(choice, mapping),
      });
      setOutcome(came);
      if (isClean(came)) navigate(hrefTo(["problems", came.set]));
    });
  };
  useTellCrumbs(CRUMBS);
  return (
    <>
      <ImportHead
        title="Import problems"
        file={picked && found && { name: picked.name, bytes: found.bytes }}
        back={{ label: "Back to Problems", href: hrefTo(["problems"]) }}
        busy={act.busy}
        ready={reason === undefined && inspection.isOf}
        reason={
          reason ?? (inspection.isOf ? undefined : "The file is being read as you have just said.")
        }
        onStart={start}
      />
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {outcome !== undefined && <ImportOutcome outcome={outcome} />}
      <div className="cols importcols">
        <section className="region scroll importform" aria-label="What to import" tabIndex={0}>
          <FilePicker
            picked={picked}
            onPick={(next) => {
              setPicked(next);
              setOutcome(undefined);
              change({ readAs: {}, into: into === "" ? nameFrom(next.name) : into });
            }}
          />
          {found === undefined && inspection.failure !== undefined && (
            <FormatField
              format={choice.readAs.format}
              onFormat={(format) => change({ readAs: format === undefined ? {} : { format } })}
            />
          )}
          {found !== undefined && mapping !== undefined && (
            <>
              <ImportFields found={found} mapping={mapping} choice={choice} onChange={change} />
              {reason !== undefined && <p className="s12 warn formlead">{reason}</p>}
            </>
          )}
        </section>
        <ProblemPreview picked={picked !== undefined} inspection={inspection} />
      </div>
    </>
  );
}
