import { Injectable } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { ApiKeys, type ValidApiKey } from '../identity/api-keys.port.js';
import { unavailable } from './workos.errors.js';

/** Only `null` says that a key is not good: an answer without it says nothing. */
const validation = z.object({
  api_key: z
    .object({
      id: z.string(),
      name: z.string(),
      owner: z.discriminatedUnion('type', [
        z.object({ type: z.literal('organization'), id: z.string() }),
        z.object({ type: z.literal('user'), id: z.string(), organization_id: z.string() }),
      ]),
      permissions: z.array(z.string()),
    })
    .nullable(),
});

/**
 * API keys, validated by WorkOS (WorkOS, "API Keys"). Not through the SDK's `createValidation`, to which an answer without a
 * word is a refusal.
 */
@Injectable()
export class WorkosApiKeys extends ApiKeys {
  constructor(private readonly workos: WorkOS) {
    super();
  }

  async validate(value: string): Promise<ValidApiKey | null> {
    const { api_key: apiKey } = await this.ask(value).catch((error: unknown) => {
      throw unavailable(error);
    });
    if (!apiKey) return null;
    const { id, name, owner, permissions } = apiKey;
    return {
      id,
      name,
      organizationId: owner.type === 'organization' ? owner.id : owner.organization_id,
      userId: owner.type === 'user' ? owner.id : null,
      permissions,
    };
  }

  private async ask(value: string): Promise<z.infer<typeof validation>> {
    const answer: { data: unknown } = await this.workos.post('/api_keys/validations', { value });
    return validation.parse(answer.data);
  }
}
