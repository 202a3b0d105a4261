import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accessibilityViolations, describeInChromium, press, see, useChromium } from './support/chromium.js';
import { signIn } from './support/sign-in-walk.js';
import { ACME, Stack } from './support/stack.js';

const PAGE = '/?view=organization';

const chromium = useChromium();

describeInChromium("the organization's page in a browser", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start('sso');
  });
  afterAll(() => stack.stop());

  it('lets an administrator set the policy, sign somebody out and find both on record', async () => {
    const alan = await stack.signedIn('alan@acme.com');
    const page = await chromium.visitor();
    await signIn(stack, page, 'ada@acme.com');
    await page.getByRole('link', { name: 'Organization' }).click();
    await page.getByRole('heading', { name: 'Acme', exact: true }).waitFor();
    await see(page, 'Nothing to do.');

    await page.getByLabel('Minutes without use').fill('10');
    await page.getByLabel('Roles by directory group').fill('Staff: member');
    await press(page, 'Save policy');
    const wrong = page.getByLabel('Roles by directory group');
    expect(await wrong.evaluate((field: { validationMessage: string }) => field.validationMessage)).toContain(
      'group = role',
    );
    await wrong.fill('Staff = member');
    await press(page, 'Save policy');
    await see(page, 'Saved. It applies from now on.');
    expect(await accessibilityViolations(page)).toEqual([]);

    await press(page, /^Sign out everywhere ?: Alan Turing$/);
    const dialog = page.getByRole('dialog', { name: 'Sign out Alan Turing everywhere?' });
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await see(page, 'Signed out everywhere: Alan Turing.');
    expect((await stack.api(alan, '/v1/me')).status).toBe(401);

    await page.getByLabel('Show').selectOption('policy.changed');
    await page.getByRole('listitem').getByText('Policy changed').waitFor();
    await page.reload();
    expect(await page.getByLabel('Minutes without use').inputValue()).toBe('10');
  });

  it('says why a policy cannot be had, and keeps what was written', async () => {
    // A role of the environment that allows what no administrator may.
    stack.sandbox.state.roles.push({
      ...(stack.sandbox.state.roles[0] as (typeof stack.sandbox.state.roles)[number]),
      slug: 'treasurer',
      permissions: ['treasury:write'],
    });
    // Past the half minute for which the copies of roles are used unasked.
    stack.moveClock(31);
    chromium.expectRefusals('/v1/organization/policy');
    const page = await chromium.visitor();
    await signIn(stack, page, 'ada@acme.com', { path: PAGE });
    const groups = page.getByLabel('Only for these directory groups');
    const roles = page.getByLabel('Roles by directory group');
    const said = page.getByRole('alert');

    await groups.fill('Nobody');
    await press(page, 'Save policy');
    await said.getByText('This rule would lock you out').waitFor();
    await said.getByText('You would not be let in under it yourself.').waitFor();
    expect(await groups.inputValue()).toBe('Nobody');
    expect(await accessibilityViolations(page)).toEqual([]);

    await groups.fill('');
    await roles.fill('Staff = treasurer');
    await press(page, 'Save policy');
    await said.getByText('This role allows more than yours').waitFor();
    expect(await said.count()).toBe(1);
    expect(await roles.inputValue()).toBe('Staff = treasurer');
    await page.reload();
    await page.getByRole('heading', { name: 'Policy', exact: true }).waitFor();
    expect([await groups.inputValue(), await roles.inputValue()]).toEqual(['', 'Staff = member']);
  });

  it("tells why a domain was not verified, and AuthKit's account of a guest from one in use", async () => {
    await stack.query(
      `insert into users (id, email, first_name, last_name, created_at, updated_at)
       values ('user_authkit', 'alan@partner.example', 'Alan', 'Turing', now(), now())`,
    );
    await stack.query(
      `insert into memberships (organization_id, user_id, roles, updated_at, id)
       values ($1, 'user_authkit', '{}', now(), 'om_authkit')`,
      [ACME.organization],
    );
    await stack.signedIn('alan@acme.com');
    const page = await chromium.visitor();
    await signIn(stack, page, 'ada@acme.com');
    // Of a version that nothing read from WorkOS is newer than.
    await stack.query(
      `update organization_domains set state = 'failed', version = '9999-12-31T23:59:59.999Z',
         failure_reason = 'domain_verification_period_expired' where domain = 'acme.com'`,
    );
    await page.goto(stack.url + PAGE);
    await see(page, 'The DNS record was not found in time.');
    const members = page.getByRole('region', { name: 'Members' });
    const alans = members.getByRole('listitem').filter({ hasText: 'alan@' });
    await alans.first().waitFor();
    expect(await alans.count()).toBe(2);
    expect(await alans.getByText('Not used here', { exact: true }).count()).toBe(1);
    expect(await alans.getByText('Active', { exact: true }).count()).toBe(1);
    await stack.query("update organization_domains set state = 'verified' where domain = 'acme.com'");
  });

  it('leads to the setup portal and back, by a certificate that ends soon', async () => {
    await stack.query(
      `insert into connection_certificates (connection_id, organization_id, type, expires_at, version)
       values ($1, $2, 'ResponseSigning', now() + interval '11.5 days', '')`,
      [ACME.connection, ACME.organization],
    );
    const page = await chromium.visitor();
    await signIn(stack, page, 'ada@acme.com', { path: PAGE });
    await see(page, '12 days left');
    await press(page, /^Renew certificate ?: Acme Okta$/);
    await page.waitForURL(`${stack.sandbox.url}/**`);
    await page.goBack();
    await see(page, '12 days left');
  });

  it('shows a member without permissions only what every member may see', async () => {
    const page = await chromium.visitor();
    await signIn(stack, page, 'alan@acme.com', { path: PAGE });
    await see(page, 'acme.com');
    for (const name of ['Policy', 'Members', 'Audit log', 'More to set up'])
      expect(await page.getByRole('heading', { name, exact: true }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Configure|verify/ }).count()).toBe(0);
  });
});
