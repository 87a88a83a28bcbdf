//! `dmr show me`.

use crate::call::Call;
use crate::failure::Failure;
use crate::output::Grid;
use dmr_api::route;

/// Shows who asks.
pub async fn run(call: &Call<'_>) -> Result<(), Failure> {
    let me = call.get(route::ME, &[]).await?;
    let look = call.output.look(&call.settings.terminal);
    call.output.show(&me, || {
        let mut grid = Grid::new(["", "you"]);
        for (name, value) in me.as_object().into_iter().flatten() {
            grid.row(vec![name.clone(), look.value(Some(value))]);
        }
        grid.draw("nobody")
    })
}
