/** The time now, renewed every `everyMs`: for ages ("last heard 12 s ago") and dates. */
import { useInterval } from "@mantine/hooks";
import { useState } from "react";

export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), everyMs, { autoInvoke: true });
  return now;
}
