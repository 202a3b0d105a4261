export const DIRECTORY_STATES = ['active', 'inactive', 'validating', 'invalid_credentials'] as const;

export const DIRECTORY_TYPES = [
  'azure scim v2.0',
  'bamboohr',
  'cyberark scim v2.0',
  'generic scim v2.0',
  'gsuite directory',
  'hibob',
  'jump cloud scim v2.0',
  'okta scim v2.0',
  'onelogin scim v2.0',
  'pingfederate scim v2.0',
  'rippling scim v2.0',
  'workday',
] as const;

/** What a suspension at the customer becomes: newer environments delete the person, older ones keep them. */
export const SUSPENSIONS = ['delete', 'inactive'] as const;
export type Suspension = (typeof SUSPENSIONS)[number];

export interface Directory {
  id: string;
  organizationId: string;
  name: string;
  type: (typeof DIRECTORY_TYPES)[number];
  state: (typeof DIRECTORY_STATES)[number];
  createdAt: Date;
  updatedAt: Date;
}

export interface DirectoryUser {
  id: string;
  directoryId: string;
  organizationId: string;
  idpId: string;
  email: string | null;
  username: string | null;
  firstName: string | null;
  lastName: string | null;
  jobTitle: string | null;
  state: 'active' | 'inactive';
  groupIds: string[];
  customAttributes: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

export interface DirectoryGroup {
  id: string;
  directoryId: string;
  organizationId: string;
  idpId: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

/** What the sandbox remembers of the customers' directories. */
export interface DirectoryRecords {
  directories: Directory[];
  directoryUsers: DirectoryUser[];
  /** Who has left a directory: unknown to the API, but not yet to the customer's identity provider. */
  formerDirectoryUsers: DirectoryUser[];
  directoryGroups: DirectoryGroup[];
}
