/** What Electron's preload script puts into the window; absent in a browser. */
interface Window {
  readonly gradus?: {
    /** Hands the host its end of a channel. */
    readonly connect: (port: MessagePort) => void;
    /** Tells the menu what can be done now; schema MenuCommands. */
    readonly showMenu: (commands: unknown) => void;
  };
}
