export interface ApiKey {
  id: string;
  name: string;
  /** What it may reach: its owner, or where its owner is a person, the organization that they act in. */
  organizationId: string;
  /** Null for a key of the organization itself. */
  userId: string | null;
  value: string;
  /** A seeded value stands in a file for everybody to read, and may be shown. */
  isSeeded: boolean;
  permissions: string[];
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}
