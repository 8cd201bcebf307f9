/**
 * The focus of menus and dialogs. Mantine moves it a few milliseconds after they open and close, and a key that is pressed in
 * between goes to the page's body: it is moved here in the same turn, before another key can come.
 */

const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex='-1'])";

/**
 * A ref of what opens over the page: takes the focus to where `data-autofocus` asks for it, or to the first thing that can
 * have it, and gives it back to what had it before. Always the same function, as refs must be.
 */
export function takeFocus(opened: HTMLElement | null): (() => void) | undefined {
  if (opened === null) return undefined;
  const before = document.activeElement;
  if (!opened.contains(before)) {
    const wanted = opened.querySelector<HTMLElement>("[data-autofocus]");
    (wanted ?? opened.querySelector<HTMLElement>(FOCUSABLE) ?? opened).focus({
      preventScroll: true,
    });
  }
  return () => {
    const now = document.activeElement;
    // What was done in it may have moved the focus on purpose.
    const isLeft = now === null || now === document.body || opened.contains(now);
    if (isLeft && before instanceof HTMLElement && !opened.contains(before))
      before.focus({ preventScroll: true });
  };
}
