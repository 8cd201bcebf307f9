/** The first screen: start the demo, what ran lately, what needs a person, and the machine's state. */
import type { ReactNode } from "react";
import { AttentionRegion } from "./attention-region.tsx";
import { DemoRegion } from "./demo-region.tsx";
import { MachineRegion } from "./machine-region.tsx";
import { RecentRegion } from "./recent-region.tsx";
import "./home.css";
import { Splitter } from "#renderer/ui/splitter.tsx";

export function HomeScreen(): ReactNode {
  return (
    <div className="cols hcols">
      <Splitter name="home" side="right" label="Width of attention and machine" initial={320} />
      <section className="region" aria-label="Demo and recent runs">
        <DemoRegion />
        <RecentRegion />
      </section>
      <aside className="region scroll" aria-label="Attention and machine" tabIndex={0}>
        <AttentionRegion />
        <MachineRegion />
      </aside>
    </div>
  );
}
