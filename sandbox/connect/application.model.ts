/** An M2M application of WorkOS Connect: a customer's service that calls the application under development. */
export interface ConnectApplication {
  id: string;
  clientId: string;
  clientSecret: string;
  /** A seeded secret stands in a file for everybody to read, and may be shown. */
  isSeeded: boolean;
  name: string;
  organizationId: string;
  scopes: string[];
  createdAt: Date;
  updatedAt: Date;
}
