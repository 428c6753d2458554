"""An Airflow DAG that reads each account in its own task."""

from datetime import timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException
from read_account import PermanentError, accounts, read_account

RETRIES = {"retries": 3, "retry_delay": timedelta(minutes=5)}


@dag(schedule="@hourly", catchup=False, max_active_runs=1, is_paused_upon_creation=False, default_args=RETRIES)
def read_accounts():
    @task
    def list_accounts() -> list[str]:
        return accounts()

    @task(map_index_template="{{ task.op_kwargs['account'] }}")
    def read(account: str) -> dict[str, int]:
        try:
            return read_account(account)
        except PermanentError as error:
            raise AirflowFailException(str(error)) from error

    read.expand(account=list_accounts())


read_accounts()
