/** What an environment of local processes needs, and where it lies (absolute paths). */
export interface InstalledServers {
  readonly java: { readonly version: string; readonly command: string };
  readonly kafka: { readonly version: string; readonly jarsFolder: string };
  readonly toxiproxy: { readonly version: string; readonly command: string };
  readonly postgres: {
    readonly version: string;
    readonly binariesFolder: string;
    /** The user that PostgreSQL is run as when we are root; null when we are not. */
    readonly user: { readonly uid: number; readonly gid: number } | null;
  };
}

/**
 * The versions that are installed; each is part of a folder's name, so another version is another
 * folder.
 */
export const SERVER_VERSIONS = {
  kafka: "4.1.0",
  scala: "2.13",
  log4j: "2.24.3",
  toxiproxy: "2.12.0",
} as const;
