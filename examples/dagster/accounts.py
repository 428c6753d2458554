"""A Dagster asset with a partition for each account."""

import dagster as dg
from read_account import PermanentError, accounts, read_account

partitions = dg.StaticPartitionsDefinition(accounts())


@dg.asset(partitions_def=partitions, retry_policy=dg.RetryPolicy(max_retries=3, delay=300))
def databases(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    try:
        return dg.MaterializeResult(metadata=read_account(context.partition_key))
    except PermanentError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


@dg.schedule(target=databases, cron_schedule="@hourly")
def hourly(context: dg.ScheduleEvaluationContext):
    at = context.scheduled_execution_time.isoformat()
    return [dg.RunRequest(run_key=f"{at} {account}", partition_key=account) for account in partitions.get_partition_keys()]


# The asset starts a process for each read, so the asset itself can run in Dagster's process.
defs = dg.Definitions(assets=[databases], schedules=[hourly], executor=dg.in_process_executor)
