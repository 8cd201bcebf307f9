/** What this is, and the licences of the typefaces it is set in. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { SystemInfo } from "#shared/schema/system.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import interLicence from "#renderer/theme/fonts/LICENSE-inter.txt?url";
import monoLicence from "#renderer/theme/fonts/LICENSE-jetbrains-mono.txt?url";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

const TYPEFACES = [
  { name: "Inter", url: interLicence },
  { name: "JetBrains Mono", url: monoLicence },
] as const;

export function AboutSection({ info }: { readonly info: SystemInfo }): ReactNode {
  const [shown, setShown] = useState<{ readonly name: string; readonly text: string }>();
  const { failure, run } = useAct();
  return (
    <section aria-label="About">
      <div className="head bt">
        <h2>About</h2>
      </div>
      <div className="setting">
        <div>
          <div className="med">Gradus {info.appVersion}</div>
          <div className="s12 t3">
            Node {info.nodeVersion}, workspace schema {info.workspace.schemaVersion}
          </div>
        </div>
        <div className="flex s12">
          {TYPEFACES.map(({ name, url }) => (
            <button
              key={name}
              type="button"
              className="linkbtn"
              onClick={() =>
                void run(async () => setShown({ name, text: await (await fetch(url)).text() }))
              }
            >
              Licence of {name}
            </button>
          ))}
        </div>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} />}
      <Dialog
        opened={shown !== undefined}
        label={`Licence of ${shown?.name ?? ""}`}
        headed
        closable
        size={720}
        onClose={() => setShown(undefined)}
      >
        <pre className="out">{shown?.text}</pre>
      </Dialog>
    </section>
  );
}
