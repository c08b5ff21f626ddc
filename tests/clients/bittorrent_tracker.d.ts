/** The part of npm's bittorrent-tracker that the tests use; the package has no types of its own. */
declare module "bittorrent-tracker" {
  export interface ClientOptions {
    /** 40 hexadecimal digits. */
    infoHash: string;
    peerId: string;
    announce: string;
    port: number;
  }

  export interface Update {
    complete: number;
    incomplete: number;
  }

  export interface Scrape extends Update {
    downloaded: number;
    infoHash: string;
  }

  export class Client {
    constructor(options: ClientOptions);
    once(event: "update", listener: (update: Update) => void): void;
    once(event: "peer", listener: (address: string) => void): void;
    once(event: "scrape", listener: (scrape: Scrape) => void): void;
    once(event: "error" | "warning", listener: (error: Error) => void): void;
    start(options: { left: number }): void;
    complete(options: { left: number }): void;
    stop(options: { left: number }): void;
    scrape(): void;
    destroy(done: (error: Error | null) => void): void;
  }
}
