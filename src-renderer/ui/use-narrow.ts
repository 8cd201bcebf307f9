/** Whether the window is narrow: the same limit as in the style sheets. */
import { useMediaQuery } from "@mantine/hooks";

export function useNarrow(): boolean {
  return useMediaQuery("(max-width: 1240px)", undefined, { getInitialValueInEffect: false });
}
