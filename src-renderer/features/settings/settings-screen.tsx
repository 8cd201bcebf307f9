/** Theme, keys, the engine's backend and the price list. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { PriceList } from "#shared/schema/cost.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { chooseLetters, useLettersOn } from "#renderer/navigation/letters-choice.ts";
import { setTheme } from "#renderer/bridge/set-theme.ts";
import { chooseSystemNotices, useSystemNotices } from "#renderer/navigation/system-notices.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery, settingsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { useThemeChoice } from "#renderer/theme/theme-choice.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { AboutSection } from "./about-section.tsx";
import { EndpointSection } from "./endpoint-section.tsx";
import { PriceForm } from "./price-form.tsx";
import "./settings.css";

function Row({
  name,
  hint,
  children,
}: {
  readonly name: string;
  readonly hint: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="setting">
      <div>
        <div className="med">{name}</div>
        <div className="s12 t3">{hint}</div>
      </div>
      <div>{children}</div>
    </div>
  );
}

function Appearance(): ReactNode {
  const theme = useThemeChoice();
  const letters = useLettersOn();
  const notices = useSystemNotices();
  const [refused, setRefused] = useState(false);
  return (
    <section aria-label="Window">
      <div className="head">
        <h2>Window</h2>
      </div>
      <Row name="Theme" hint="T switches between dark and light.">
        <Segments
          label="Theme"
          value={theme}
          onChange={setTheme}
          segments={[
            { value: "system", label: "As the system" },
            { value: "dark", label: "Dark" },
            { value: "light", label: "Light" },
          ]}
        />
      </Row>
      <Row
        name="Single-letter keys"
        hint="Keys held with Ctrl or Cmd always act. Kept in this browser."
      >
        <Segments
          label="Single-letter keys"
          value={letters ? "on" : "off"}
          onChange={(value) => chooseLetters(value === "on")}
          segments={[
            { value: "on", label: "On" },
            { value: "off", label: "Off" },
          ]}
        />
      </Row>
      <Row
        name="System notifications"
        hint="When a pipeline ends or an alarm rises while the window is not in front. Kept in this browser."
      >
        <Segments
          label="System notifications"
          value={notices ? "on" : "off"}
          onChange={(value) =>
            void chooseSystemNotices(value === "on").then((done) => setRefused(!done))
          }
          segments={[
            { value: "on", label: "On" },
            { value: "off", label: "Off" },
          ]}
        />
        {refused && (
          <div className="s12 warn" role="status">
            The browser refuses them. Allow notifications for this page in its settings.
          </div>
        )}
      </Row>
    </section>
  );
}

const RUNTIMES: readonly { readonly value: RuntimeChoice; readonly label: string }[] = [
  { value: "auto", label: "Best found" },
  { value: "tensorflow", label: "TensorFlow" },
  { value: "gpu", label: "CUDA" },
  { value: "webgpu", label: "WebGPU" },
  { value: "wasm", label: "wasm" },
];

export function SettingsScreen(): ReactNode {
  const query = useQuery(settingsQuery);
  const info = useQuery(infoQuery);
  const act = useAct();
  const [saved, setSaved] = useState(false);
  const save = async (change: { prices?: PriceList; runtime?: RuntimeChoice }): Promise<void> => {
    setSaved(false);
    if (await act.run(() => host.settings.set(change))) {
      setSaved(true);
      query.refresh();
      info.refresh();
    }
  };
  return (
    <>
      <div className="screenhead">
        <h1>Settings</h1>
        <span className="end s12 t3" role="status">
          {act.busy ? "Saving" : saved ? "Saved" : ""}
        </span>
      </div>
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Settings">
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <Appearance />
        {query.failure !== undefined && (
          <FailureNotice failure={query.failure} onRetry={query.refresh} />
        )}
        {query.data === undefined && query.failure === undefined && <SkeletonRows />}
        {query.data !== undefined && (
          <>
            <section aria-label="Engine">
              <div className="head bt">
                <h2>Engine</h2>
              </div>
              <Row
                name="Runtime"
                hint="For runs that start from now on. What is running keeps its own."
              >
                <Segments
                  label="Runtime"
                  value={query.data.runtime}
                  onChange={(runtime) => void save({ runtime })}
                  segments={RUNTIMES}
                />
              </Row>
              {info.data !== undefined && (
                <p className="s12 t2 setting break">
                  {[info.data.runtime.name, info.data.runtime.version]
                    .filter((part) => part !== null)
                    .join(" ")
                    .concat(": ")}
                  {info.data.runtime.detail} {info.data.runtime.advice}
                </p>
              )}
            </section>
            <PriceForm
              key={JSON.stringify(query.data.prices)}
              prices={query.data.prices}
              busy={act.busy}
              onSave={(prices) => void save({ prices })}
            />
          </>
        )}
        <EndpointSection />
        {info.data !== undefined && <AboutSection info={info.data} />}
      </div>
    </>
  );
}
