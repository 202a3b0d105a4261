import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { ApiKeys, type ValidApiKey } from '../identity/api-keys.port.js';
import { unavailable } from './workos.errors.js';

/** API keys, validated by WorkOS (WorkOS, "API Keys"). */
@Injectable()
export class WorkosApiKeys extends ApiKeys {
  constructor(private readonly workos: WorkOS) {
    super();
  }

  async validate(value: string): Promise<ValidApiKey | null> {
    const { apiKey } = await this.workos.apiKeys.createValidation({ value }).catch((error: unknown) => {
      throw unavailable(error);
    });
    if (!apiKey) return null;
    const { id, name, owner, permissions } = apiKey;
    return {
      id,
      name,
      organizationId: owner.type === 'organization' ? owner.id : owner.organizationId,
      userId: owner.type === 'user' ? owner.id : null,
      permissions,
    };
  }
}
