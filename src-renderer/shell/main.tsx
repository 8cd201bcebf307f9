/** Starts the window: theme before the first paint, the connection to the host, then the shell. */
import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "@mantine/core/styles/ScrollArea.css";
import { StrictMode } from "react";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { connection } from "#renderer/bridge/connection.ts";
import {
  askTabsForToken,
  shareToken,
  takeTokenFromAddress,
} from "#renderer/bridge/session-token.ts";
import "#renderer/theme/tokens.css";
import "#renderer/theme/components.css";
import "#renderer/theme/base.css";
import { mantineTheme, mantineVariables } from "#renderer/theme/mantine-theme.ts";
import { applyTheme, useTheme } from "#renderer/theme/theme-choice.ts";
import { CrashBoundary } from "./crash-boundary.tsx";
import { Shell } from "./shell.tsx";

function Window(): ReactNode {
  return (
    <MantineProvider
      theme={mantineTheme}
      cssVariablesResolver={mantineVariables}
      forceColorScheme={useTheme()}
    >
      <CrashBoundary what="The window">
        <Shell />
      </CrashBoundary>
    </MantineProvider>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
applyTheme();
takeTokenFromAddress();
// A new host's address pasted over an old one changes the fragment only, so the page is not loaded again.
window.addEventListener("hashchange", () => {
  if (takeTokenFromAddress()) connection.reopen();
});
if (window.gradus === undefined) {
  void askTabsForToken(() => connection.reopen()).finally(() => {
    connection.start();
  });
  shareToken(() => connection.state() === "open");
} else connection.start();
createRoot(root).render(
  <StrictMode>
    <Window />
  </StrictMode>,
);
