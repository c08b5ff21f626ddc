/** Where a peer stands in the table, as finding or adding one (swarm.ts) leaves it. */
export class Place {
  /** The peer's block, and the positions that has. */
  block = 0;
  capacity = 0;
  position = 0;
  /** Whether it stands among the seeders. */
  seeding = false;
  /** Its bucket in the directory of its role; 0 in a torrent without directories. */
  bucket = 0;

  stand(block: number, capacity: number, position: number, seeding: boolean, bucket: number): void {
    this.block = block;
    this.capacity = capacity;
    this.position = position;
    this.seeding = seeding;
    this.bucket = bucket;
  }

  become(other: Place): void {
    this.stand(other.block, other.capacity, other.position, other.seeding, other.bucket);
  }
}
