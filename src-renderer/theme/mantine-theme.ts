/** Mantine in the clothes of the design tokens: every colour and size points at a custom property. */
import { createTheme } from "@mantine/core";
import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";

// Mantine wants ten shades; the tokens have one accent for text and one for fills, in both themes.
const accent: MantineColorsTuple = [
  "var(--accent-wash)",
  "var(--accent-wash)",
  "var(--accent-wash)",
  "var(--accent)",
  "var(--accent)",
  "var(--accent)",
  "var(--accent-fill)",
  "var(--accent-fill)",
  "var(--accent-fill)",
  "var(--accent-fill-hover)",
];

export const mantineTheme = createTheme({
  colors: { accent },
  primaryColor: "accent",
  primaryShade: 6,
  fontFamily: "var(--font-ui)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "17px" },
  lineHeights: { xs: "16px", sm: "16px", md: "20px", lg: "24px", xl: "24px" },
  radius: { xs: "3px", sm: "5px", md: "5px", lg: "10px", xl: "10px" },
  defaultRadius: "sm",
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  respectReducedMotion: true,
  focusRing: "never",
  components: {
    ModalRoot: {
      defaultProps: {
        transitionProps: { duration: 0 },
        radius: "lg",
        shadow: "none",
      },
    },
  },
});

const shared = {
  "--mantine-color-body": "var(--bg-1)",
  "--mantine-color-text": "var(--text-1)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-default": "var(--bg-1)",
  "--mantine-color-default-hover": "var(--bg-2)",
  "--mantine-color-default-border": "var(--line-control)",
  "--mantine-color-default-color": "var(--text-1)",
  "--mantine-color-placeholder": "var(--text-3)",
  "--mantine-color-error": "var(--fail)",
  "--mantine-color-anchor": "var(--accent)",
};

export const mantineVariables: CSSVariablesResolver = () => ({
  variables: shared,
  dark: shared,
  light: shared,
});
